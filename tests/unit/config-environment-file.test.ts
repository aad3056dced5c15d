import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../src/config/configuration-error.ts';
import { readEnvironment } from '../../src/config.ts';

const directory = mkdtempSync(join(tmpdir(), 'latchkey-env-'));
const file = join(directory, '.env');
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function read(content: string | Buffer): Record<string, string | undefined> {
  writeFileSync(file, content);
  return readEnvironment(file);
}

function refusal(content: string | Buffer): ConfigurationError {
  try {
    read(content);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('The file was accepted.');
}

describe('a .env file', () => {
  it('is read below the environment of the process', () => {
    vi.stubEnv('LATCHKEY_TEST_ONE', 'process');
    vi.stubEnv('LATCHKEY_TEST_EMPTY', '');
    const environment = read(
      'LATCHKEY_TEST_ONE=file\nLATCHKEY_TEST_TWO=file\nLATCHKEY_TEST_EMPTY=file\n',
    );
    expect(environment).toMatchObject({
      LATCHKEY_TEST_ONE: 'process',
      LATCHKEY_TEST_TWO: 'file',
      LATCHKEY_TEST_EMPTY: '',
    });
    expect(process.env).not.toHaveProperty('LATCHKEY_TEST_TWO');
  });

  it('need not exist', () => {
    expect(readEnvironment(join(directory, 'nowhere'))).toEqual(process.env);
  });

  it.each([
    ['a no-break space before the name', '\u00A0NODE_ENV=production'],
    ['a vertical tab before the name', '\vNODE_ENV=production'],
    ['a form feed before the name', '\fNODE_ENV=production'],
    ['a no-break space behind the name', 'NODE_ENV\u00A0=production'],
    ['a tab behind export', 'export\tNODE_ENV=production'],
    ['two byte order marks', '\uFEFF\uFEFFNODE_ENV=production'],
  ])('loses no setting to %s', (_, content) => {
    let given: string | undefined;
    try {
      given = read(content).NODE_ENV;
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      return;
    }
    expect(given).toBe('production');
  });

  it.each([
    ['a byte order mark', '\uFEFFLATCHKEY_A=1'],
    ['Windows line ends', '# first\r\nLATCHKEY_A=1\r\n'],
    ['old Macintosh line ends', '# first\rLATCHKEY_A=1\r'],
    ['export', 'export LATCHKEY_A=1'],
    ['white space', '  LATCHKEY_A = 1  '],
    ['quotes', 'LATCHKEY_A="1" # why'],
    ['a comment', 'LATCHKEY_A=1 # it\'s "why'],
    ['a quote inside a value before it', "LATCHKEY_B=it's\nLATCHKEY_A=1"],
    ['a quote inside a comment before it', "# it's\nLATCHKEY_A=1"],
  ])('is understood with %s', (_, content) => {
    expect(read(content)).toMatchObject({ LATCHKEY_A: '1' });
  });

  it.each([
    ['no equals sign', 'PORT=1\nNODE_ENV production', [2]],
    ['a colon', 'NODE_ENV: production', [1]],
    ['an unclosed quote', 'A=1\n\nSECRET_KEY="abc\nNODE_ENV=production\n', [3]],
    ['an unclosed quote of another kind', 'SECRET_KEY=\'abc"', [1]],
    ['several bad lines', '!\nA=1\n?\n', [1, 3]],
    ['a name with a space', 'NODE ENV=production', [1]],
  ])('is refused with %s', (_, content, lines) => {
    expect(refusal(content).problems.map(({ variable }) => variable)).toEqual(
      lines.map((line) => `${file}, line ${line}`),
    );
  });

  it('is refused in UTF-16', () => {
    expect(refusal(Buffer.from('\uFEFFPORT=1\n', 'utf16le')).message).toContain('UTF-8');
  });

  it('is not repeated by its refusal', () => {
    const error = refusal('SECRET_KEY="pl4nted-s3cret');
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain('pl4nted');
  });

  it('is refused when it is a directory', () => {
    expect(() => readEnvironment(directory)).toThrow(ConfigurationError);
  });
});
