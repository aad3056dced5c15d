import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { samplePassword } from '../../prisma/seed.ts';
import { graphql } from '../generated/index.ts';
import {
  askServer,
  openServerYard,
  type ServerProcess,
  type ServerYard,
} from '../support/server-process.ts';

const SignIn = graphql(`
  mutation StartSignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on AuthPayload {
        user { roles { key } }
        tokens { accessToken }
      }
    }
  }
`);

const CountAccounts = graphql(`
  query StartCountAccounts { users { totalCount } }
`);

async function signIn(url: string, email: string, password: string) {
  const { signIn } = await askServer(url, SignIn, { input: { email, password } });
  return signIn?.__typename === 'AuthPayload' ? signIn : null;
}

/** Signs in and lists the roles of the account; null when the sign-in is refused. */
async function rolesOf(url: string, email: string, password: string): Promise<string[] | null> {
  const answer = await signIn(url, email, password);
  return answer?.user.roles.map(({ key }) => key).sort() ?? null;
}

/** Counts all accounts, as an administrator. */
async function countAccounts(url: string, email: string, password: string) {
  const answer = await signIn(url, email, password);
  const { users } = await askServer(url, CountAccounts, {}, answer?.tokens.accessToken ?? '');
  return users?.totalCount;
}

describe('a development server', { timeout: 60_000 }, () => {
  let yard: ServerYard;
  let server: ServerProcess;
  let url: string;
  beforeAll(async () => {
    yard = await openServerYard();
    server = yard.start();
    url = await server.ready();
  });
  afterAll(() => yard.close());

  it('says where everything is, with sample accounts that can sign in', async () => {
    const told = await server.printed(/ordinary user/);
    expect(told).toContain(`${url}/graphql`);
    expect(told).toContain(`${url}/outbox`);
    expect(told).toContain(`password "${samplePassword}"`);
    expect(await rolesOf(url, 'admin@example.com', samplePassword)).toEqual(['admin', 'user']);
    expect(await rolesOf(url, 'ada@example.com', samplePassword)).toEqual(['user']);
    for (const path of ['outbox', 'health/ready']) {
      expect((await fetch(`${url}/${path}`)).status).toBe(200);
    }
  });

  it('keeps its data and the key to it for this account alone', async () => {
    const modeOf = async (name: string) => (await stat(join(yard.dataDir, name))).mode & 0o777;
    expect(await modeOf('.')).toBe(0o700);
    expect(await modeOf('secret-key')).toBe(0o600);
  });
});

describe('a development server with its own mail server and administrator', {
  timeout: 60_000,
}, () => {
  it('promises neither an outbox nor sample accounts', async () => {
    const yard = await openServerYard();
    onTestFinished(yard.close);
    const server = yard.start({
      SMTP_URL: 'smtp://127.0.0.1:1',
      ADMIN_EMAIL: 'root@example.com',
      ADMIN_PASSWORD: 'a password of good length',
    });
    const url = await server.ready();
    expect(await server.printed(/\/health$/)).not.toMatch(/outbox|example\.com/);
    expect((await fetch(`${url}/outbox`)).status).toBe(404);
    expect(await rolesOf(url, 'ada@example.com', samplePassword)).toBeNull();
  });
});

describe('a production server on the embedded database', { timeout: 60_000 }, () => {
  const environment = {
    NODE_ENV: 'production',
    EMBEDDED_DATABASE: 'true',
    SECRET_KEY: 'bm90IGEgc2VjcmV0IHRoYXQgYW55Ym9keSB1c2Vz',
    ADMIN_EMAIL: 'root@example.org',
    ADMIN_PASSWORD: 'the first of all passwords',
    LOG_LEVEL: 'trace',
  };
  const { SECRET_KEY, ADMIN_EMAIL, ADMIN_PASSWORD } = environment;
  let yard: ServerYard;
  let server: ServerProcess;
  let url: string;
  beforeAll(async () => {
    yard = await openServerYard();
    server = yard.start(environment);
    url = await server.ready();
  });
  afterAll(() => yard.close());

  it('has the administrator it was told of, and no sample accounts or outbox', async () => {
    expect(await rolesOf(url, ADMIN_EMAIL, ADMIN_PASSWORD)).toEqual(['admin', 'user']);
    expect(await countAccounts(url, ADMIN_EMAIL, ADMIN_PASSWORD)).toBe(1);
    expect(await rolesOf(url, 'admin@example.com', samplePassword)).toBeNull();
    expect((await fetch(`${url}/outbox`)).status).toBe(404);
    expect(await readdir(yard.dataDir)).toEqual(['database']);
  });

  it('makes the administrator once, and writes nothing but JSON without secrets', async () => {
    await server.logged('The first administrator was created.');
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);

    const later = { ADMIN_EMAIL: 'other@example.org', ADMIN_PASSWORD: 'quite another password' };
    const second = yard.start({ ...environment, ...later });
    url = await second.ready();
    expect(await rolesOf(url, later.ADMIN_EMAIL, later.ADMIN_PASSWORD)).toBeNull();
    expect(await countAccounts(url, ADMIN_EMAIL, ADMIN_PASSWORD)).toBe(1);
    expect(second.output.join()).not.toContain('administrator was created');

    for (const { output, errors } of [server, second]) {
      for (const line of output) expect(JSON.parse(line)).toHaveProperty('msg');
      for (const secret of [SECRET_KEY, ADMIN_EMAIL, ADMIN_PASSWORD]) {
        expect(output.join()).not.toContain(secret);
      }
      expect(errors).toEqual([]);
    }
  });
});
