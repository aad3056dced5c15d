import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { samplePassword } from '../../prisma/seed.ts';
import { graphql } from '../generated/index.ts';
import { runCli } from '../support/run-cli.ts';
import { askServer, openServerYard, type ServerYard } from '../support/server-process.ts';

const SignIn = graphql(`
  mutation CliKeysSignIn($input: SignInInput!) {
    signIn(input: $input) { ... on AuthPayload { tokens { accessToken } } }
  }
`);

const email = 'admin@example.com';

let yard: ServerYard;
beforeAll(async () => {
  yard = await openServerYard();
});
afterAll(() => yard.close());

const rotate = (options: string[] = [], environment: Record<string, string> = {}) =>
  runCli(['keys', 'rotate', '--json', ...options], { DATA_DIR: yard.dataDir, ...environment });

/** Starts the server, signs in, and answers the published keys and which one has signed. */
async function look() {
  const server = yard.start();
  const url = await server.ready();
  const response = await fetch(`${url}/.well-known/jwks.json`);
  const { keys } = (await response.json()) as { keys: { kid: string }[] };
  const input = { email, password: samplePassword };
  const { signIn } = await askServer(url, SignIn, { input });
  const token = (signIn && 'tokens' in signIn && signIn.tokens.accessToken) || '';
  const whileRunning = await rotate();
  server.signal('SIGTERM');
  await server.exited;
  return {
    kids: keys.map(({ kid }) => kid),
    signer: decodeProtectedHeader(token).kid,
    whileRunning,
  };
}

it('cli keys rotate makes the next key, or replaces compromised ones, while the server is stopped', {
  timeout: 120_000,
}, async () => {
  const before = await look();
  expect(before.kids).toEqual([before.signer]);
  expect(before.whileRunning).toEqual({
    exitCode: 1,
    output: '',
    errors: `The data directory ${yard.dataDir}/database is in use by another process. Stop that process first. The embedded database belongs to one process; on PostgreSQL (DATABASE_URL) commands work beside a running server.\n`,
  });

  const SECRET_KEY = 'a secret key that never was the right one';
  const refused = await rotate(['--compromised'], { SECRET_KEY });
  expect(refused).toMatchObject({ exitCode: 1, output: '' });
  expect(refused.errors).toMatch(/^SECRET_KEY does not open the signing key in the database\./);

  const next = await rotate();
  expect(next).toMatchObject({ exitCode: 0, errors: '' });
  const { kid, signsFrom } = JSON.parse(next.output);
  expect(Date.parse(signsFrom)).toBeGreaterThan(Date.now() + 300_000);
  const between = await look();
  expect(between.kids.sort()).toEqual([before.signer, kid].sort());
  expect(between.signer).toBe(before.signer);

  const replaced = await rotate(['--compromised']);
  expect(replaced).toMatchObject({ exitCode: 0, errors: '' });
  const after = await look();
  expect(after.kids).toEqual([JSON.parse(replaced.output).kid]);
  expect(after.kids).toEqual([after.signer]);
});
