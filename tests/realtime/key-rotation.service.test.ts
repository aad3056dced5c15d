import { decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeyRotation, keyChannel } from '../../src/modules/auth/signing-key-rotation.ts';
import { openSigningKeys } from '../../src/modules/auth/signing-keys.ts';
import { openDatabase } from '../../src/platform/database/connect.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import { graphql } from '../generated/index.ts';
import { captureLog } from '../support/captured-log.ts';
import { findFreePort } from '../support/free-port.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';
import { production } from '../support/production.ts';
import { runCli } from '../support/run-cli.ts';
import { askServer, openServerYard, type ServerYard } from '../support/server-process.ts';
import { secretKey } from '../support/test-app.ts';

const SignIn = graphql(`
  mutation KeyRotationSignIn($input: SignInInput!) {
    signIn(input: $input) { ... on AuthPayload { tokens { accessToken } } }
  }
`);
const Rotate = graphql(`
  mutation KeyRotationRotate($compromised: Boolean!) {
    rotateSigningKey(compromised: $compromised) { __typename }
  }
`);
const Me = graphql(`
  query KeyRotationMe { me { email } }
`);

const email = 'root@example.org';
const password = 'a password of good length';
// Long before they would find out by themselves, which takes 5 seconds.
const soon = { interval: 10, timeout: 2_500 };

describe('two servers on one PostgreSQL database', { timeout: 60_000 }, () => {
  let scratch: ScratchDatabase;
  let yard: ServerYard;
  let environment: Record<string, string>;
  let one: string;
  let other: string;
  beforeEach(async () => {
    scratch = await createScratchDatabase();
    yard = await openServerYard();
    const { EMBEDDED_DATABASE: _, ...settings } = production;
    const first = { ADMIN_EMAIL: email, ADMIN_PASSWORD: password };
    environment = {
      ...settings,
      ...first,
      DATABASE_URL: scratch.url,
      DATABASE_TLS: 'disable',
    };
    const start = async () => {
      const port = await findFreePort();
      await yard.start({ ...environment, PORT: String(port) }).ready();
      return `http://127.0.0.1:${port}`;
    };
    [one, other] = await Promise.all([start(), start()]);
  });
  afterEach(async () => {
    await yard.close();
    await scratch.drop();
  });

  const signInAt = async (url: string): Promise<string> => {
    const { signIn } = await askServer(url, SignIn, { input: { email, password } });
    return (signIn && 'tokens' in signIn && signIn.tokens.accessToken) || '';
  };
  const kidsAt = async (url: string): Promise<string[]> => {
    const response = await fetch(`${url}/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid).sort();
  };
  const accepts = (url: string, token: string) =>
    askServer(url, Me, {}, token).then(
      ({ me }) => me?.email === email,
      (error: Error) => {
        if (error.message.startsWith('401 ')) return false;
        throw error;
      },
    );

  const refuses = async (url: string, token: string) => !(await accepts(url, token));

  it('agree on the next key, and refuse what compromised ones have signed', async () => {
    const token = await signInAt(one);
    expect(await accepts(other, token)).toBe(true);
    await askServer(one, Rotate, { compromised: false }, token);
    const published = await kidsAt(one);
    expect(published).toHaveLength(2);
    await vi.waitUntil(async () => (await kidsAt(other)).length === 2, soon);
    expect(await kidsAt(other)).toEqual(published);
    expect(await accepts(other, token)).toBe(true);

    await askServer(other, Rotate, { compromised: true }, token);
    expect(await accepts(other, token)).toBe(false);
    await vi.waitUntil(() => refuses(one, token), soon);
    const renewed = await signInAt(one);
    expect(published).not.toContain(decodeProtectedHeader(renewed).kid);
    await vi.waitUntil(() => accepts(other, renewed), soon);
    for (const url of [one, other]) {
      expect(await accepts(url, renewed)).toBe(true);
      expect(await accepts(url, token)).toBe(false);
      expect(await kidsAt(url)).toEqual([decodeProtectedHeader(renewed).kid]);
    }
  });

  it('learn at once what the command line does', async () => {
    const token = await signInAt(one);
    const database = await openDatabase(scratch.settings, captureLog().log);
    const told = Promise.withResolvers<void>();
    const listener = await database.listen(
      keyChannel,
      () => told.resolve(),
      () => {},
    );
    const { output, errors } = await runCli(
      ['keys', 'rotate', '--compromised', '--json'],
      environment,
    );
    expect(errors).toBe('');
    await told.promise;
    await listener.close();
    await database.close();
    await Promise.all([one, other].map((url) => vi.waitUntil(() => refuses(url, token), soon)));
    for (const url of [one, other]) {
      expect(await kidsAt(url)).toEqual([JSON.parse(output).kid]);
      expect(decodeProtectedHeader(await signInAt(url)).kid).toBe(JSON.parse(output).kid);
    }
  });
});

describe('the keys of an instance', () => {
  let one: Database;
  let other: Database;
  beforeAll(async () => {
    one = await openTestDatabase();
    if (one.driver.kind !== 'postgres') throw new Error('This test needs PostgreSQL.');
    other = await openDatabase(one.driver.settings, captureLog().log);
  });
  afterAll(async () => {
    await other.close();
    await one.close();
  });

  it('are read anew as soon as another one tells that they are compromised', async () => {
    const keyring = createKeyring(secretKey, null);
    const clock = () => new Date();
    const tokens = { algorithm: 'EdDSA', keyDays: 90, accessTokenSeconds: 600 } as const;
    const commit = createCommit(one, { enqueue: async () => {} }, { onEvents() {}, onNotice() {} });
    const rotation = createKeyRotation({ commit, keyring, clock, tokens, publishedSeconds: 300 });
    await rotation.prepare();
    const keys = await openSigningKeys({ database: other, keyring, clock, tokens });
    // Told after the keys, for it listens after them.
    const told = Promise.withResolvers<void>();
    const listener = await other.listen(
      keyChannel,
      () => told.resolve(),
      () => {},
    );

    const { kid } = await keys.getSigner();
    expect(await keys.find(kid)).not.toBeNull();
    const origin = { requestId: 'tests', actorId: null, ipAddress: null, userAgent: null };
    const next = await rotation.rotate(origin, true);
    await told.promise;
    expect(await keys.find(kid)).toBeNull();
    expect((await keys.getSigner()).kid).toBe(next.kid);
    await listener.close();
    await keys.close();
  });
});
