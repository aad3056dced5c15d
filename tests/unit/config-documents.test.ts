import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/config/configuration-error.ts';
import { settings } from '../../src/config/settings.ts';
import { loadConfig } from '../../src/config.ts';

const entries = Object.entries(settings);
const example = readFileSync('.env.example', 'utf8');
const guide = readFileSync('docs/configuration.md', 'utf8');

describe('.env.example', () => {
  // After the introduction, paragraphs of comments whose last line is the assignment.
  const paragraphs = example.trimEnd().split('\n\n').slice(1);

  it('starts the development server when it is copied unchanged', () => {
    expect(parseEnv(example)).toEqual({});
    expect(loadConfig(parseEnv(example)).mode).toBe('development');
  });

  it('describes every variable as the code does, in its order', () => {
    expect(paragraphs).toEqual(
      entries.map(([name, setting]) =>
        [
          `# ${setting.description}`,
          ...(setting.whenUnset === null ? [] : [`# When unset: ${setting.whenUnset}.`]),
          `# ${name}=${setting.default ?? setting.example}`,
        ].join('\n'),
      ),
    );
  });

  it.each(entries)('gives %s a value that survives being read', (name, setting) => {
    const line = paragraphs
      .map((text) => text.split('\n').at(-1))
      .find((text) => text?.startsWith(`# ${name}=`));
    expect(parseEnv(line?.slice(2) ?? '')).toEqual({ [name]: setting.default ?? setting.example });
  });
});

describe('docs/configuration.md', () => {
  it('describes every variable as the code does, in its order', () => {
    const rows = guide.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows).toEqual(
      entries.map(([name, setting]) => {
        const secret = setting.secret ? ' (secret)' : '';
        const whenUnset = setting.whenUnset ?? `\`${setting.default}\``;
        return `| \`${name}\`${secret} | ${whenUnset} | ${setting.expected} | ${setting.description} |`;
      }),
    );
  });

  it('shows an example that needs only its secrets filled in', () => {
    const shown = /```ini\n(?<text>[\s\S]*?)```/.exec(guide)?.groups?.text ?? '';
    const environment = parseEnv(shown.replaceAll('…', 'x'.repeat(32)));
    expect(loadConfig(environment).mode).toBe('production');
    expect(() => loadConfig(parseEnv(shown))).toThrow(ConfigurationError);
  });

  it('names no variable that does not exist', () => {
    const outside = ['EX_CONFIG'];
    const named = [...guide.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name]) => name);
    expect(named.filter((name) => name && !(name in settings) && !outside.includes(name))).toEqual(
      [],
    );
  });
});

it.each(entries)('%s has a readable default and one plain sentence', (_, setting) => {
  const { schema, description, default: text } = setting;
  if (text !== null) expect(schema.safeParse(text).success).toBe(true);
  expect(description).toMatch(/^[A-Z][^|\n]*\.$/);
});

const filesNeeded = ['DATABASE_TLS_CA_FILE'];
it.each(entries.filter(([name]) => !filesNeeded.includes(name)))(
  '%s has an example that can be read',
  (_, setting) => {
    expect(setting.schema.safeParse(setting.example).success).toBe(true);
  },
);
