import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readMigrations } from '../../src/platform/database/migration-files.ts';
import { graphql } from '../generated/index.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';
import { production } from '../support/production.ts';
import {
  askServer,
  entriesOf,
  openServerYard,
  type ServerYard,
} from '../support/server-process.ts';

const SignIn = graphql(`
  mutation ConcurrentStartSignIn($input: SignInInput!) {
    signIn(input: $input) { ... on AuthPayload { user { email roles { key } } } }
  }
`);

const instances = 3;
const email = 'root@example.org';
const password = 'a password of good length';

let scratch: ScratchDatabase;
let yard: ServerYard;
beforeEach(async () => {
  scratch = await createScratchDatabase();
  yard = await openServerYard();
});
afterEach(async () => {
  await yard.close();
  await scratch.drop();
});

async function readRows(sql: string): Promise<unknown[]> {
  const client = new pg.Client(scratch.url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

it(`makes everything once when ${instances} instances start at once on an empty database`, {
  timeout: 60_000,
}, async () => {
  // Without PUBLIC_URL, so that each says on which port it serves.
  const { EMBEDDED_DATABASE: _, PUBLIC_URL: __, ...settings } = production;
  const first = { ADMIN_EMAIL: email, ADMIN_PASSWORD: password };
  const environment = { ...settings, ...first, DATABASE_URL: scratch.url, DATABASE_TLS: 'disable' };
  const servers = Array.from({ length: instances }, () => yard.start(environment));
  const urls = await Promise.all(servers.map((server) => server.ready()));

  const keySets: unknown[] = [];
  for (const url of urls) {
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    keySets.push(await (await fetch(`${url}/.well-known/jwks.json`)).json());
    const { signIn } = await askServer(url, SignIn, { input: { email, password } });
    expect(signIn).toMatchObject({ user: { email, roles: [{ key: 'admin' }, { key: 'user' }] } });
  }
  expect(keySets).toEqual(keySets.map(() => ({ keys: [expect.any(Object)] })));
  expect(new Set(keySets.map((keys) => JSON.stringify(keys))).size).toBe(1);

  expect(await readRows('SELECT email FROM "user"')).toEqual([{ email }]);
  expect(await readRows('SELECT key FROM role ORDER BY key')).toEqual([
    { key: 'admin' },
    { key: 'user' },
  ]);
  expect(await readRows('SELECT retired_at FROM signing_key')).toEqual([{ retired_at: null }]);
  expect(await readRows("SELECT action FROM audit_event WHERE action = 'user.created'")).toEqual([
    { action: 'user.created' },
  ]);

  const messages = servers.flatMap(({ output }) => entriesOf(output).map(({ msg }) => msg));
  const count = (message: string) => messages.filter((msg) => msg === message).length;
  expect(count('A migration was applied.')).toBe((await readMigrations()).length);
  expect(count('The first administrator was created.')).toBe(1);
  const complaints = servers.flatMap(({ output, errors }) => [
    ...errors,
    ...entriesOf(output).filter(({ level }) => !['info', 'debug'].includes(String(level))),
  ]);
  expect(complaints).toEqual([]);
});
