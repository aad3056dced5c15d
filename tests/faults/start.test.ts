import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samplePassword } from '../../prisma/seed.ts';
import { graphql } from '../generated/index.ts';
import { askServer, openServerYard } from '../support/server-process.ts';

const SignIn = graphql(`
  mutation StartSignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on AuthPayload { tokens { accessToken } }
    }
  }
`);

const Accounts = graphql(`
  query StartAccounts {
    me { roles { key } }
    users(first: 100) { totalCount }
  }
`);

let yard: Awaited<ReturnType<typeof openServerYard>>;

beforeEach(async () => {
  yard = await openServerYard();
});
afterEach(() => yard.close());

/** Signs in and answers what the account is and how many there are; null when it is refused. */
async function look(url: string, email: string, password: string) {
  const { signIn } = await askServer(url, SignIn, { input: { email, password } });
  if (signIn?.__typename !== 'AuthPayload') return null;
  const { me, users } = await askServer(url, Accounts, {}, signIn.tokens.accessToken ?? '');
  return { roles: me?.roles.map(({ key }) => key).sort(), accounts: users?.totalCount };
}

describe('a development server', () => {
  it('says where everything is, with sample accounts that can sign in', async () => {
    const server = yard.start();
    const url = await server.ready();
    const told = await server.printed(/ordinary user/);
    expect(told).toContain(`${url}/graphql`);
    expect(told).toContain(`${url}/outbox`);
    expect(told).toContain(`password "${samplePassword}"`);
    expect(await look(url, 'admin@example.com', samplePassword)).toMatchObject({
      roles: ['admin', 'user'],
    });
    expect(await look(url, 'ada@example.com', samplePassword)).toMatchObject({ roles: ['user'] });
    for (const path of ['outbox', 'health/ready']) {
      expect((await fetch(`${url}/${path}`)).status).toBe(200);
    }
  });

  it('keeps its data and the key to it for this account alone', async () => {
    await yard.start().ready();
    const modeOf = async (name: string) => (await stat(join(yard.dataDir, name))).mode & 0o777;
    expect(await modeOf('.')).toBe(0o700);
    expect(await modeOf('secret-key')).toBe(0o600);
  });

  it('finds everything again at its second start, and makes nothing twice', async () => {
    const first = yard.start();
    const before = await look(await first.ready(), 'admin@example.com', samplePassword);
    const key = await readFile(join(yard.dataDir, 'secret-key'), 'utf8');
    first.signal('SIGTERM');
    expect(await first.exited).toBe(0);

    const startedAt = performance.now();
    const second = yard.start();
    const url = await second.ready();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(await look(url, 'admin@example.com', samplePassword)).toEqual(before);
    expect(await readFile(join(yard.dataDir, 'secret-key'), 'utf8')).toBe(key);
    expect(second.output.join()).not.toContain('Applied a migration');
  });

  it('promises neither an outbox nor sample accounts that it does not have', async () => {
    const server = yard.start({
      SMTP_URL: 'smtp://127.0.0.1:1',
      ADMIN_EMAIL: 'root@example.com',
      ADMIN_PASSWORD: 'a password of good length',
    });
    const url = await server.ready();
    const told = await server.printed(/health/);
    expect(told).not.toMatch(/outbox|example\.com/);
    expect((await fetch(`${url}/outbox`)).status).toBe(404);
    expect(await look(url, 'ada@example.com', samplePassword)).toBeNull();
  });
});

describe('a production server on the embedded database', () => {
  const environment = {
    NODE_ENV: 'production',
    EMBEDDED_DATABASE: 'true',
    SECRET_KEY: 'bm90IGEgc2VjcmV0IHRoYXQgYW55Ym9keSB1c2Vz',
    ADMIN_EMAIL: 'root@example.org',
    ADMIN_PASSWORD: 'the first of all passwords',
  };

  it('has the administrator it was told of, and no sample accounts or outbox', async () => {
    const url = await yard.start(environment).ready();
    const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = environment;
    expect(await look(url, email, password)).toEqual({ roles: ['admin', 'user'], accounts: 1 });
    expect(await look(url, 'admin@example.com', samplePassword)).toBeNull();
    expect((await fetch(`${url}/outbox`)).status).toBe(404);
    expect(await readdir(yard.dataDir)).toEqual(['database']);
  });

  it('makes the administrator once, whatever the environment says later', async () => {
    const first = yard.start(environment);
    await first.logged('The first administrator was created.');
    await first.ready();
    first.signal('SIGTERM');
    await first.exited;

    const later = { ADMIN_EMAIL: 'other@example.org', ADMIN_PASSWORD: 'quite another password' };
    const second = yard.start({ ...environment, ...later });
    const url = await second.ready();
    expect(second.output.join()).not.toContain('administrator was created');
    expect(await look(url, later.ADMIN_EMAIL, later.ADMIN_PASSWORD)).toBeNull();
    expect(await look(url, environment.ADMIN_EMAIL, environment.ADMIN_PASSWORD)).toMatchObject({
      accounts: 1,
    });
  });

  it('writes nothing but JSON, one entry a line, and no secret', async () => {
    const server = yard.start({ ...environment, LOG_LEVEL: 'trace' });
    const url = await server.ready();
    await look(url, environment.ADMIN_EMAIL, environment.ADMIN_PASSWORD);
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
    for (const line of server.output) {
      expect(JSON.parse(line)).toMatchObject({
        level: expect.any(String),
        msg: expect.any(String),
      });
    }
    expect(server.errors).toEqual([]);
    const { SECRET_KEY, ADMIN_EMAIL, ADMIN_PASSWORD } = environment;
    for (const secret of [SECRET_KEY, ADMIN_EMAIL, ADMIN_PASSWORD]) {
      expect(server.output.join()).not.toContain(secret);
    }
  });
});
