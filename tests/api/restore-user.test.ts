import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
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

const Suspend = graphql(`
  mutation SuspendBeforeRestore($id: ID!) {
    suspendUser(id: $id, reason: "x") { __typename }
  }
`);
const RestoreUser = graphql(`
  mutation RestoreUser($id: ID!) {
    restoreUser(id: $id) {
      __typename
      ... on User { status suspensionEndsAt suspensionReason version }
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

const restore = async (by: Person, id: string) =>
  (await ask(testApp, RestoreUser, { id }, by)).restoreUser;

const active = {
  __typename: 'User',
  status: 'ACTIVE',
  suspensionEndsAt: null,
  suspensionReason: null,
};

describe('restoreUser', () => {
  it('lets the user sign in again, and leaves the sessions of before ended', async () => {
    await ask(testApp, Suspend, { id: ada.id }, admin);
    expect(await restore(admin, ada.id)).toEqual({ ...active, version: 3 });
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    expect((await postGraphql(testApp, { query: '{ me { id } }' }, headers)).status).toBe(401);
    await signIn(testApp, ada);
  });

  it('changes nothing when it is repeated, nor for whoever is not suspended', async () => {
    const { prisma } = testApp.database;
    const count = () => prisma.auditEvent.count({ where: { targetId: ada.userId } });
    const before = await count();
    expect(await restore(admin, ada.id)).toEqual({ ...active, version: 1 });
    expect(await count()).toBe(before);
  });

  it('lets a deletion that was scheduled go on', async () => {
    const deletionDueAt = new Date('2999-01-01');
    await testApp.database.prisma.user.update({
      where: { id: ada.userId },
      data: { status: 'DELETION_SCHEDULED', deletionDueAt },
    });
    await ask(testApp, Suspend, { id: ada.id }, admin);
    expect(await restore(admin, ada.id)).toMatchObject({ status: 'DELETION_SCHEDULED' });
    await signIn(testApp, ada);
  });

  it('refuses whoever holds a permission that the caller lacks: CONFLICT', async () => {
    const editor = await signUpWith(testApp, ['users:read', 'users:write']);
    const other = await signUpAdmin(testApp);
    await ask(testApp, Suspend, { id: other.id }, admin);
    expect(await restore(editor, other.id)).toEqual({ __typename: 'ConflictError' });
    expect(await restore(admin, other.id)).toMatchObject(active);
  });

  it('answers for nobody: NOT_FOUND; needs users:write: FORBIDDEN', async () => {
    const id = globalId('User', '00000000-0000-7000-8000-000000000000');
    expect(await restore(admin, id)).toEqual({ __typename: 'NotFoundError', id });
    const reader = await signUpWith(testApp, ['users:read']);
    expect(codesOf(await send(testApp, RestoreUser, { id: ada.id }, reader))).toEqual([
      'FORBIDDEN',
    ]);
  });
});
