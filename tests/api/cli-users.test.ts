import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { openServerYard, type ServerYard } from '../support/server-process.ts';
import { noteSecrets } from '../support/used-secrets.ts';

const password = 'nine otters under the pier';
const timeout = 120_000;

let yard: ServerYard;
beforeAll(async () => {
  noteSecrets(password);
  yard = await openServerYard();
  const server = yard.start();
  await server.ready();
  server.signal('SIGTERM');
  await server.exited;
}, timeout);
afterAll(() => yard.close());

const cli = (parameters: string[], input?: string) =>
  runCli(parameters, { DATA_DIR: yard.dataDir }, undefined, input);
const read = async (...parameters: string[]) => {
  const { exitCode, output, errors } = await cli([...parameters, '--json']);
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  return JSON.parse(output);
};

describe('cli user', { timeout }, () => {
  it('lists users as text that is aligned, or as JSON', async () => {
    const { exitCode, output, errors } = await cli(['user', 'list', '--limit', '2']);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    const [headings = '', ...rows] = output.trimEnd().split('\n');
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row.indexOf('ACTIVE')).toBe(headings.indexOf('STATUS'));
    const found = await read('user', 'list', '--search', 'HOPPER');
    expect(found).toMatchObject([
      { email: 'grace@example.com', roles: ['user'], lastSeenAt: null },
    ]);
    expect(await read('user', 'list', '--role', 'admin')).toMatchObject([
      { email: 'admin@example.com' },
    ]);
  });

  it('shows one by address or id, and their sessions', async () => {
    const ada = await read('user', 'show', 'Ada@Example.com');
    expect(ada).toMatchObject({ displayName: 'Ada Lovelace', status: 'ACTIVE', sessions: 0 });
    expect(await read('user', 'show', ada.id)).toEqual(ada);
    expect(await read('user', 'sessions', ada.id)).toEqual([]);
    expect((await cli(['user', 'sessions', ada.id])).output).toBe('There are none.\n');
  });

  it.each<[number, string[], RegExp]>([
    [1, ['show', 'nobody@example.com'], /^There is no user with this address or id\.\n$/],
    [1, ['show', "' OR 1=1"], /^There is no user/],
    [2, ['show'], /^error: missing required argument 'user'\n$/],
    [2, ['list', '--limit', '0'], /above 0/],
    [2, ['list', '--limit', 'x'], /above 0/],
    [2, ['list', '--search', 'a'], /^search: Must have at least 3 characters\.\n$/],
    [2, ['list', '--status', 'GONE'], /^error: .*Allowed choices/],
    [2, ['suspend', 'ada@example.com'], /^error: required option '--reason/],
    [2, ['suspend', 'ada@example.com', '--reason', ' '], /Must not be empty/],
    [2, ['suspend', 'ada@example.com', '--reason', 'x', '--until', 'soon'], /RFC 3339/],
    [
      1,
      ['suspend', 'ada@example.com', '--reason', 'x', '--until', '2020-01-01T00:00:00Z'],
      /^until: Must be in the future\.\n$/,
    ],
    [1, ['restore', 'nobody@example.com'], /^There is no user/],
  ])('exits with %d for what cannot be: %j', async (code, parameters, message) => {
    const { exitCode, output, errors } = await cli(['user', ...parameters]);
    expect({ exitCode, output }).toEqual({ exitCode: code, output: '' });
    expect(errors).toMatch(message);
    expect(errors).not.toMatch(/^\s+at /m);
  });
});

describe('cli role set', { timeout }, () => {
  it.each<[number, string[], RegExp]>([
    [1, ['ada@example.com', 'no-such-role'], /^roles: There is no such role\.\n$/],
    [1, ['nobody@example.com', 'user'], /^There is no user/],
    [2, ['ada@example.com'], /^error: missing required argument 'role'/],
  ])('exits with %d for what cannot be: %j', async (code, parameters, message) => {
    const { exitCode, output, errors } = await cli(['role', 'set', ...parameters]);
    expect({ exitCode, output }).toEqual({ exitCode: code, output: '' });
    expect(errors).toMatch(message);
  });
});

describe('cli audit verify', { timeout }, () => {
  it('says that the trail holds', async () => {
    expect(await read('audit', 'verify')).toMatchObject({ broken: null, head: { position: 0 } });
  });

  it('does not find a place that was kept', async () => {
    const kept = `5:${'ab'.repeat(32)}`;
    const { exitCode, output, errors } = await cli(['audit', 'verify', '--kept', kept]);
    expect({ exitCode, errors }).toEqual({
      exitCode: 1,
      errors: 'The audit trail does not hold.\n',
    });
    expect(output).toMatch(/^first broken row +.+ at 5, /m);
    expect((await cli(['audit', 'verify', '--kept', 'x'])).exitCode).toBe(2);
  });
});

describe('cli role list and jobs list', { timeout }, () => {
  it('say what there is', async () => {
    expect(await read('role', 'list')).toMatchObject([
      { key: 'admin', builtIn: true, users: expect.any(Number) },
      { key: 'user', builtIn: true, permissions: [] },
    ]);
    expect(await read('jobs', 'list')).toEqual([]);
  });

  it.each<[number, string[]]>([
    [2, ['retry']],
    [2, ['retry', 'x', '--all']],
    [1, ['retry', 'x']],
  ])('exit with %d where there is nothing to retry: %j', async (code, parameters) => {
    expect((await cli(['jobs', ...parameters])).exitCode).toBe(code);
  });
});

describe('cli create-admin', { timeout }, () => {
  it('makes an administrator with the password from standard input', async () => {
    const { exitCode, errors } = await cli(['create-admin', 'Root@Example.com'], `${password}\n`);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    const root = await read('user', 'show', 'root@example.com');
    expect(root).toMatchObject({ displayName: 'Administrator', roles: ['admin', 'user'] });
    expect(root.emailVerifiedAt).not.toBeNull();
  });

  it('reads the password from a file', async () => {
    const file = join(yard.dataDir, 'password');
    await writeFile(file, `${password}\r\nand more\n`);
    const name = ['--name', 'Grace "Amazing" Hopper'];
    const parameters = ['create-admin', 'second@example.com', '--password-file', file, ...name];
    expect(await cli(parameters)).toMatchObject({ exitCode: 0, errors: '' });
    expect(await read('user', 'show', 'second@example.com')).toMatchObject({
      displayName: name[1],
    });
  });

  it.each<[number, string, string[], string, RegExp]>([
    [1, 'a short password', ['new@example.com'], 'short', /^password: Must have at least 15/],
    [1, 'a common one', ['new@example.com'], 'password1password1', /^password: Is made of/],
    [1, 'an address that is taken', ['ada@example.com'], password, /^This address has an account/],
    [1, 'no such file', ['new@example.com', '--password-file', '/no/such'], '', /cannot be read/],
    [2, 'no password', ['new@example.com'], '', /^A password is expected/],
    [2, 'no address', ['new'], password, /^This is not an e-mail address/],
    [2, 'no name', ['new@example.com', '--name', ' '], password, /^This cannot be a name/],
    [2, 'the password as a parameter', ['new@example.com', password], '', /but got 2\.\n$/],
    [2, 'the password as an option', ['x', `--password=${password}`], '', /option '--password'\n/],
  ])('exits with %d for %s', async (code, _kind, parameters, input, message) => {
    const { exitCode, output, errors } = await cli(['create-admin', ...parameters], input);
    expect({ exitCode, output }).toEqual({ exitCode: code, output: '' });
    expect(errors).toMatch(message);
    expect(errors).not.toContain(password);
  });

  it('has made nobody by those', async () => {
    expect((await cli(['user', 'show', 'new@example.com'])).exitCode).toBe(1);
  });
});
