import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SigningKeyError } from '../../src/modules/auth/signing-key-error.ts';
import { graphql } from '../generated/index.ts';
import { type Person, signIn, signUp } from '../support/people.ts';
import { fetchFrom } from '../support/raw-request.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { dumpTables } from '../support/table-dump.ts';
import { secretKey, startTestApp, type TestApp } from '../support/test-app.ts';

const RefreshSession = graphql(`
  mutation SecretKeyRotationRefresh($input: RefreshInput!) {
    refreshSession(input: $input) {
      __typename
      ... on AuthPayload { tokens { accessToken refreshToken } }
      ... on InvalidTokenError { reason }
    }
  }
`);

const Me = graphql(`
  query SecretKeyRotationMe { me { id } }
`);

const newKey = 'the secret key that came after it, long enough';
const otherKey = 'a secret key that never was the right one';

let before: TestApp & { stop(): Promise<void> };
let ada: Person;
beforeEach(async () => {
  before = await startTestApp();
  ada = await signUp(before);
  await before.app.stop(5_000);
});
afterEach(() => before.stop());

/** Starts another instance on the same database. */
const restart = (environment: Record<string, string> = {}) =>
  startTestApp(environment, async () => ({ ...before.database, close: async () => {} }));

const keyIdsOf = async (testApp: TestApp): Promise<string[]> => {
  const { text } = await fetchFrom(testApp, '/.well-known/jwks.json');
  return JSON.parse(text).keys.map(({ kid }: { kid: string }) => kid);
};

const refreshWith = (testApp: TestApp, refreshToken: string) =>
  ask(testApp, RefreshSession, { input: { refreshToken } });

describe('a new SECRET_KEY', () => {
  it('goes on with the sessions of the previous one, and issues under itself', async () => {
    const during = await restart({ SECRET_KEY: newKey, SECRET_KEY_PREVIOUS: secretKey });
    const { accessToken, refreshToken } = ada;
    expect(await ask(during, Me, {}, { accessToken })).toEqual({ me: { id: ada.id } });
    const { refreshSession } = await refreshWith(during, refreshToken);
    if (refreshSession?.__typename !== 'AuthPayload') throw new Error('The refresh was refused.');
    await during.stop();

    await before.database.prisma.$executeRaw`
      UPDATE session SET rotated_at = rotated_at - interval '10 seconds'`;
    const after = await restart({ SECRET_KEY: newKey });
    expect(await refreshWith(after, refreshToken)).toMatchObject({
      refreshSession: { __typename: 'InvalidTokenError', reason: 'UNKNOWN' },
    });
    const renewed = refreshSession.tokens.refreshToken ?? '';
    expect(await refreshWith(after, renewed)).toMatchObject({
      refreshSession: { __typename: 'AuthPayload' },
    });
    await after.stop();
  });

  it('keeps the signing key, and needs the previous one no more after the first start', async () => {
    const { accessToken } = ada;
    const kid = decodeProtectedHeader(accessToken).kid ?? '';
    const during = await restart({ SECRET_KEY: newKey, SECRET_KEY_PREVIOUS: secretKey });
    expect(await keyIdsOf(during)).toEqual([kid]);
    await during.stop();

    const after = await restart({ SECRET_KEY: newKey });
    expect(await keyIdsOf(after)).toEqual([kid]);
    expect(await ask(after, Me, {}, { accessToken })).toEqual({ me: { id: ada.id } });
    await after.stop();
    await expect(restart()).rejects.toThrow(SigningKeyError);
  });

  it('is refused, and changes nothing, where it is not the one that the signing key is under', async () => {
    const found = await dumpTables(before.database);
    for (const SECRET_KEY_PREVIOUS of [undefined, newKey]) {
      const keys = { SECRET_KEY: otherKey, ...(SECRET_KEY_PREVIOUS && { SECRET_KEY_PREVIOUS }) };
      await expect(restart(keys)).rejects.toThrow(
        'SECRET_KEY does not open the signing key in the database.',
      );
    }
    expect(await dumpTables(before.database)).toEqual(found);
    const again = await restart();
    expect(await ask(again, Me, {}, ada)).toEqual({ me: { id: ada.id } });
    await again.stop();
  });
});

describe('a retired signing key', () => {
  const retire = (secondsAgo: number) => before.database.prisma.$executeRaw`
    UPDATE signing_key SET retired_at = now() - make_interval(secs => ${secondsAgo})`;

  it('is listed and verifies until its last tokens are out, beside the one that signs now', async () => {
    const kid = decodeProtectedHeader(ada.accessToken).kid ?? '';
    await retire(before.config.tokens.accessTokenSeconds - 60);
    const later = await restart();
    const kids = await keyIdsOf(later);
    expect(kids).toHaveLength(2);
    expect(kids).toContain(kid);
    expect(await ask(later, Me, {}, ada)).toEqual({ me: { id: ada.id } });
    const { accessToken } = await signIn(later, ada);
    expect(kids).toContain(decodeProtectedHeader(accessToken).kid);
    expect(decodeProtectedHeader(accessToken).kid).not.toBe(kid);
    await later.stop();
  });

  it('is left out and refused after that: UNAUTHENTICATED', async () => {
    await retire(before.config.tokens.accessTokenSeconds + 60);
    const later = await restart();
    const { accessToken } = await signIn(later, ada);
    expect(await keyIdsOf(later)).toEqual([decodeProtectedHeader(accessToken).kid]);
    expect(await ask(later, Me, {}, { accessToken })).toEqual({ me: { id: ada.id } });
    const refused = await send(later, Me, {}, ada);
    expect(refused.status).toBe(401);
    expect(codesOf(refused)).toEqual(['UNAUTHENTICATED']);
    await later.stop();
  });
});
