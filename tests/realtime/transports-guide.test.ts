import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const guide = readFileSync('docs/guides/transports.md', 'utf8');
const shown = [...guide.matchAll(/`([\w-]+\.ts)`:\n\n```ts\n(.*?)```/gs)];

describe('docs/guides/transports.md', () => {
  it('shows the clients that are tested, and no other code', () => {
    expect(guide.match(/^```ts$/gm)).toHaveLength(shown.length);
    expect(Object.fromEntries(shown.map(([, name, code]) => [name, code]))).toEqual(
      Object.fromEntries(
        globSync('*.ts', { cwd: 'tests/support/clients' }).map((name) => [
          name,
          readFileSync(`tests/support/clients/${name}`, 'utf8'),
        ]),
      ),
    );
  });

  it('names the versions that are tested', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const versions = { ...dependencies, ...devDependencies };
    for (const name of ['graphql-sse', 'graphql-ws', '@apollo/client', '@urql/core']) {
      expect(guide).toContain(versions[name]);
    }
  });
});
