import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyRotation } from '../../src/modules/auth/signing-key-rotation.ts';
import { openSigningKeys } from '../../src/modules/auth/signing-keys.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import { kidOf, publishedBy, statusOf } from '../support/key-rotation.ts';
import { type Person, signIn, signUp } from '../support/people.ts';
import { fetchFrom } from '../support/raw-request.ts';
import { secretKey, startTestApp, type TestApp } from '../support/test-app.ts';

let testApp: TestApp & { stop(): Promise<void> };
let ada: Person;
beforeEach(async () => {
  testApp = await startTestApp();
  ada = await signUp(testApp);
});
afterEach(() => testApp.stop());

const origin = { requestId: 'tests', actorId: null, ipAddress: null, userAgent: null };

const keys = () => testApp.database.prisma.signingKey.findMany({ orderBy: { signsFrom: 'asc' } });

/** What an instance with that clock does by schedule and at its start. */
const rotationOf = (clock: Clock, tokens = testApp.config.tokens) =>
  createKeyRotation({
    commit: createCommit(
      testApp.database,
      { enqueue: async () => {} },
      { onEvents() {}, onNotice() {} },
    ),
    keyring: createKeyring(secretKey, null),
    clock,
    tokens,
    publishedSeconds: 300,
  });

/** Starts another instance on the same database. */
const startAnother = (environment: Record<string, string>) =>
  startTestApp(environment, async () => ({ ...testApp.database, close: async () => {} }));

describe('a start with another ACCESS_TOKEN_ALGORITHM', () => {
  it('makes a key of it, which takes over like any other; both verify meanwhile', async () => {
    const other = await startAnother({ ACCESS_TOKEN_ALGORITHM: 'ES256' });
    const { text } = await fetchFrom(other, '/.well-known/jwks.json');
    const published: Record<string, unknown>[] = JSON.parse(text).keys;
    const coordinate = expect.stringMatching(/^[\w-]{43}$/);
    const shared = { kid: coordinate, use: 'sig', x: coordinate };
    expect(published.find(({ alg }) => alg === 'EdDSA')).toEqual({
      ...shared,
      kid: kidOf(ada),
      kty: 'OKP',
      crv: 'Ed25519',
      alg: 'EdDSA',
    });
    expect(published.find(({ alg }) => alg === 'ES256')).toEqual({
      ...shared,
      kty: 'EC',
      crv: 'P-256',
      y: coordinate,
      alg: 'ES256',
    });

    expect(kidOf(await signIn(other, ada))).toBe(kidOf(ada));
    for (const app of [testApp, other]) app.clock.advance(361);
    const renewed = await signIn(other, ada);
    expect(kidOf(renewed)).toBe((await keys())[1]?.id);
    for (const app of [testApp, other]) {
      expect(await statusOf(app, ada)).toBe(200);
      expect(await statusOf(app, renewed)).toBe(200);
    }
    await other.stop();
  });

  it('makes no further key, nor do the hourly looks of those that start with the one before', async () => {
    await (await startAnother({ ACCESS_TOKEN_ALGORITHM: 'ES256' })).stop();
    await (await startAnother({ ACCESS_TOKEN_ALGORITHM: 'ES256' })).stop();
    await rotationOf(testApp.clock.now).rotateIfDue();
    expect((await keys()).map(({ algorithm }) => algorithm)).toEqual(['EdDSA', 'ES256']);
  });
});

describe('the schedule', () => {
  const days = (count: number) => count * 86_400;

  it('makes the next key once the newest has signed for SIGNING_KEY_DAYS, however many look', async () => {
    const look = () =>
      Promise.all([1, 2, 3].map(() => rotationOf(testApp.clock.now).rotateIfDue()));
    testApp.clock.advance(days(testApp.config.tokens.keyDays) - 600);
    await look();
    expect(await keys()).toHaveLength(1);
    testApp.clock.advance(600);
    await look();
    expect(await keys()).toHaveLength(2);
    expect(await publishedBy(testApp)).toHaveLength(2);
  });

  it('removes keys whose last tokens are out', async () => {
    const { now } = testApp.clock;
    await rotationOf(now).rotate(origin, false);
    testApp.clock.advance(360 + testApp.config.tokens.accessTokenSeconds + 60 - 60);
    await rotationOf(now).rotateIfDue();
    expect(await keys()).toHaveLength(2);
    testApp.clock.advance(60);
    await rotationOf(now).rotateIfDue();
    expect((await keys()).map(({ id }) => id)).not.toContain(kidOf(ada));
  });
});

describe('an instance whose clock is behind', () => {
  it('signs with a key that is to sign at once by the clock of another', async () => {
    const ahead = () => new Date(testApp.clock.now().getTime() + 20_000);
    const { kid } = await rotationOf(ahead).rotate(origin, true);
    expect(kidOf(await signIn(testApp, ada))).toBe(kid);
  });
});

describe('the keys that an instance has read', () => {
  it('are read anew after a notice, and when the connection for notices is made again', async () => {
    const { database, clock, config } = testApp;
    const calls: (() => void)[] = [];
    const keys = await openSigningKeys({
      database: {
        ...database,
        listen: async (_channel, onNotice, onReconnect) => {
          calls.push(() => onNotice(''), onReconnect);
          return { close: async () => {} };
        },
      },
      keyring: createKeyring(secretKey, null),
      clock: clock.now,
      tokens: config.tokens,
    });
    for (const call of calls) {
      const { kid } = await keys.getSigner();
      const next = await rotationOf(clock.now).rotate(origin, true);
      call();
      expect(await keys.find(kid)).toBeNull();
      expect((await keys.getSigner()).kid).toBe(next.kid);
    }
    expect(calls).toHaveLength(2);
  });
});
