import { expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { signUp } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { secretKey, startTestApp } from '../support/test-app.ts';

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

it('goes on with the sessions of the previous SECRET_KEY, and issues under the new one', async () => {
  const before = await startTestApp();
  const ada = await signUp(before);
  await before.app.stop(5_000);
  const keepOpen = async () => ({ ...before.database, close: async () => {} });

  const rotated = { SECRET_KEY: newKey, SECRET_KEY_PREVIOUS: secretKey };
  const during = await startTestApp(rotated, keepOpen);
  const { accessToken, refreshToken } = ada;
  expect(await ask(during, Me, {}, { accessToken })).toEqual({ me: { id: ada.id } });
  const { refreshSession } = await ask(during, RefreshSession, { input: { refreshToken } });
  if (refreshSession?.__typename !== 'AuthPayload') throw new Error('The refresh was refused.');
  await during.stop();

  await before.database.prisma.$executeRaw`
    UPDATE session SET rotated_at = rotated_at - interval '10 seconds'`;
  const after = await startTestApp({ SECRET_KEY: newKey }, keepOpen);
  const renewed = { refreshToken: refreshSession.tokens.refreshToken ?? '' };
  expect(await ask(after, RefreshSession, { input: { refreshToken } })).toMatchObject({
    refreshSession: { __typename: 'InvalidTokenError', reason: 'UNKNOWN' },
  });
  expect(await ask(after, RefreshSession, { input: renewed })).toMatchObject({
    refreshSession: { __typename: 'AuthPayload' },
  });
  await after.stop();
  await before.database.close();
});
