import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { findFreePort } from '../support/free-port.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';
import { production } from '../support/production.ts';
import { type CliOutcome, runCli } from '../support/run-cli.ts';
import { askServer, openServerYard, type ServerYard } from '../support/server-process.ts';

const SignIn = graphql(`
  mutation CliServiceSignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on AuthPayload { tokens { accessToken } }
    }
  }
`);
const Me = graphql(`
  query CliServiceMe { me { email } }
`);
const Users = graphql(`
  query CliServiceUsers { users(first: 1) { nodes { id } } }
`);
const RequestPasswordReset = graphql(`
  mutation CliServiceReset($input: EmailInput!) {
    requestPasswordReset(input: $input) { __typename }
  }
`);

const timeout = 180_000;
const password = 'nine otters under the pier';
// Without a mail server mails fail for good.
const { EMBEDDED_DATABASE: _, SMTP_URL: __, ...settings } = production;

describe('a command beside a running server', { timeout }, () => {
  let scratch: ScratchDatabase;
  let pool: pg.Pool;
  let yard: ServerYard;
  let url: string;
  let environment: Record<string, string>;
  beforeAll(async () => {
    scratch = await createScratchDatabase();
    pool = new pg.Pool({ connectionString: scratch.url });
    pool.on('connect', (client) => client.on('error', () => {}));
    yard = await openServerYard();
    const port = String(await findFreePort());
    url = `http://127.0.0.1:${port}`;
    const database = { DATABASE_URL: scratch.url, DATABASE_TLS: 'disable' };
    environment = { ...settings, ...database, PORT: port, PUBLIC_URL: url };
    await yard.start(environment).ready();
    await makeUser('admin@example.com', 'admin');
  }, timeout);
  afterAll(async () => {
    await yard.close();
    await pool.end();
    await scratch.drop();
  });

  const cli = (
    parameters: string[],
    { input = '', ...more }: Record<string, string> = {},
  ): Promise<CliOutcome> =>
    runCli([...parameters, '--json'], { ...environment, ...more }, undefined, input);
  const makeUser = async (email: string, role: string) => {
    expect(await cli(['create-admin', email], { input: password })).toMatchObject({ exitCode: 0 });
    if (role !== 'admin') await done('role', 'set', email, role);
  };
  const done = async (...parameters: string[]) => {
    const { exitCode, output, errors } = await cli(parameters);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    return JSON.parse(output);
  };
  const signIn = async (email: string) => {
    const input = { email, password };
    const answer = (await askServer(url, SignIn, { input })).signIn;
    return answer?.__typename === 'AuthPayload' ? (answer.tokens.accessToken ?? '') : '';
  };
  it('keeps a user out at once, plans the end of that, and lets them in again', async () => {
    const email = 'ada@example.com';
    await makeUser(email, 'user');
    const accessToken = await signIn(email);
    expect((await askServer(url, Me, {}, accessToken)).me).toEqual({ email });
    expect(await done('user', 'sessions', email)).toHaveLength(1);

    const until = '2099-01-31T12:00:00.000Z';
    const suspension = ['--reason', 'Sends spam.', '--until', until];
    expect(await done('user', 'suspend', email, ...suspension)).toMatchObject({
      status: 'SUSPENDED',
      suspendedUntil: until,
    });
    await expect(askServer(url, Me, {}, accessToken)).rejects.toThrow('UNAUTHENTICATED');
    expect(await signIn(email)).toBe('');
    expect(await done('user', 'show', email)).toMatchObject({
      suspendedFor: 'Sends spam.',
      sessions: 0,
    });
    expect(await done('jobs', 'list')).toMatchObject([
      { name: 'suspension-end', state: 'created', startsAfter: until, tries: 0 },
    ]);

    expect(await done('user', 'restore', email)).toMatchObject({ status: 'ACTIVE' });
    expect(await signIn(email)).not.toBe('');
  });

  it('gives and takes roles at once, but never the last administrator', async () => {
    const email = 'grace@example.com';
    await makeUser(email, 'user');
    const accessToken = await signIn(email);
    await expect(askServer(url, Users, {}, accessToken)).rejects.toThrow('FORBIDDEN');
    expect((await done('role', 'set', email, 'admin')).roles.toSorted()).toEqual(['admin', 'user']);
    expect((await askServer(url, Users, {}, accessToken)).users?.nodes).toHaveLength(1);
    expect((await done('role', 'set', email, 'user')).roles).toEqual(['user']);
    await expect(askServer(url, Users, {}, accessToken)).rejects.toThrow('FORBIDDEN');

    for (const last of [
      ['role', 'set', 'admin@example.com', 'user'],
      ['user', 'suspend', 'admin@example.com', '--reason', 'x'],
    ]) {
      expect(await cli(last)).toEqual({
        exitCode: 1,
        output: '',
        errors: 'There must be an administrator left.\n',
      });
    }
  });

  it('has a failed job tried once more by the server', async () => {
    const failed = () => done('jobs', 'list', '--state', 'failed');
    await askServer(url, RequestPasswordReset, { input: { email: 'admin@example.com' } });
    await expect.poll(failed, { timeout: 60_000 }).toMatchObject([{ name: 'mail', tries: 1 }]);
    const [{ id }] = await failed();
    expect(await done('jobs', 'retry', id)).toEqual({ retried: 1 });
    await expect.poll(failed, { timeout: 60_000 }).toMatchObject([{ id, tries: 2 }]);
    expect(await done('jobs', 'retry', '--all')).toEqual({ retried: 1 });
  });

  it('changes nothing under another SECRET_KEY', async () => {
    const other = { SECRET_KEY: 'a secret key that never was the right one' };
    const { exitCode, errors } = await cli(['user', 'restore', 'ada@example.com'], other);
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/^SECRET_KEY does not open the signing key/);
  });

  it('names the first row of the audit trail that does not hold', async () => {
    const linked = async () => (await done('audit', 'verify')).waiting;
    await expect.poll(linked, { timeout: 60_000 }).toBe(0);
    await pool.query('ALTER TABLE audit_event DISABLE TRIGGER ALL');
    const { rows } = await pool.query(`
      UPDATE audit_event SET action = 'user.praised' WHERE action = 'user.suspended' RETURNING id`);
    const { exitCode, output, errors } = await cli(['audit', 'verify']);
    expect({ exitCode, errors }).toEqual({
      exitCode: 1,
      errors: 'The audit trail does not hold.\n',
    });
    expect(JSON.parse(output).broken).toMatchObject({ auditEventId: rows[0]?.id });
  });
});
