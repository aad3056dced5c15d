import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { listEvents } from '../support/listed-events.ts';
import {
  globalId,
  type Person,
  signIn,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { postGraphql } from '../support/raw-request.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const RevokeUserSessions = graphql(`
  mutation RevokeUserSessions($userId: ID!) {
    revokeUserSessions(userId: $userId) {
      __typename
      ... on RevokedSessions { revoked }
      ... on NotFoundError { id }
    }
  }
`);

const testApp = useTestApp();

let admin: Person;
let ada: Person;
beforeEach(async () => {
  admin = await signUpAdmin(testApp);
  ada = await signUp(testApp);
});

const revoke = async (by: Person, userId = ada.id) =>
  (await ask(testApp, RevokeUserSessions, { userId }, by)).revokeUserSessions;

const statusOf = async ({ accessToken }: Person) =>
  (
    await postGraphql(
      testApp,
      { query: '{ me { id } }' },
      { authorization: `Bearer ${accessToken}` },
    )
  ).status;

describe('revokeUserSessions', () => {
  it('ends all sessions of the user at once, and keeps nobody from signing in', async () => {
    const phone = await signIn(testApp, ada);
    expect(await statusOf(phone)).toBe(200);
    expect(await revoke(admin)).toEqual({ __typename: 'RevokedSessions', revoked: 2 });
    expect([await statusOf(ada), await statusOf(phone)]).toEqual([401, 401]);
    expect(await revoke(admin)).toEqual({ __typename: 'RevokedSessions', revoked: 0 });
    const back = await signIn(testApp, ada);
    const { items } = await listEvents(testApp, back, { topics: ['SESSION'] });
    expect(items.map(({ event }) => event)).toMatchObject([
      { __typename: 'SessionRevoked', reason: 'REVOKED_BY_ADMIN' },
      { __typename: 'SessionRevoked', reason: 'REVOKED_BY_ADMIN' },
    ]);
  });

  it('is kept in the audit trail', async () => {
    await revoke(admin);
    const where = { targetId: ada.userId, action: 'user.sessions-revoked' };
    const entry = await testApp.database.prisma.auditEvent.findFirstOrThrow({ where });
    expect(entry).toMatchObject({ actorId: admin.userId, metadata: { revoked: 1 } });
  });

  it('refuses whoever holds a permission that the caller lacks: CONFLICT', async () => {
    const support = await signUpWith(testApp, ['sessions:revoke']);
    expect(await revoke(support, admin.id)).toEqual({ __typename: 'ConflictError' });
    expect(await statusOf(admin)).toBe(200);
    expect(await revoke(support)).toEqual({ __typename: 'RevokedSessions', revoked: 1 });
  });

  it('answers for nobody: NOT_FOUND; needs sessions:revoke: FORBIDDEN', async () => {
    const id = globalId('User', '00000000-0000-7000-8000-000000000000');
    expect(await revoke(admin, id)).toEqual({ __typename: 'NotFoundError', id });
    const editor = await signUpWith(testApp, ['users:read', 'users:write']);
    const answer = await send(testApp, RevokeUserSessions, { userId: ada.id }, editor);
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  });
});
