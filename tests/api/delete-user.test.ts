import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeletionMode } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { deleteUser, runDeletionJobs } from '../support/deletion.ts';
import { mailsTo } from '../support/mails.ts';
import {
  globalId,
  type Person,
  signIn,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Look = graphql(`
  query LookAtDeleted($id: ID!) {
    user(id: $id) { id }
    node(id: $id) { id }
  }
`);
const Me = graphql(`query MeAfterDeletion { me { id } }`);
const SignIn = graphql(`
  mutation SignInAfterDeletion($input: SignInInput!) { signIn(input: $input) { __typename } }
`);
const Events = graphql(`
  query EventsOfDeletion {
    events(topics: [USER]) {
      items { event { ... on UserChanged { change userId user { id } } } }
    }
  }
`);

const modes: DeletionMode[] = ['ANONYMIZE', 'ERASE'];

describe('deleteUser', () => {
  const testApp = useTestApp();
  let admin: Person;
  let ada: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    ada = await signUp(testApp);
  });
  const findUser = ({ userId }: Person) =>
    testApp.database.prisma.user.findUnique({ where: { id: userId } });

  describe.each(modes)('with %s', (mode) => {
    it('lets nobody into the account any more, and shows it to nobody', async () => {
      const { accessToken, email, password } = ada;
      expect(await deleteUser(testApp, admin, ada.id, mode)).toEqual({
        __typename: 'Ack',
        ok: true,
      });
      expect((await send(testApp, Me, {}, { accessToken })).status).toBe(401);
      const input = { email, password };
      expect(await ask(testApp, SignIn, { input })).toEqual({
        signIn: { __typename: 'InvalidCredentialsError' },
      });
      const seen = await ask(testApp, Look, { id: ada.id }, admin);
      expect(seen).toEqual({ user: null, node: null });
    });

    it('frees the address', async () => {
      await deleteUser(testApp, admin, ada.id, mode);
      const { prisma } = testApp.database;
      const data = { email: ada.email, displayName: 'Ada again' };
      await expect(prisma.user.create({ data })).resolves.toMatchObject({ email: ada.email });
    });

    it('tells the person by mail, and keeps no address in the job', async () => {
      await deleteUser(testApp, admin, ada.id, mode);
      const [mail] = await mailsTo(testApp, ada.email, 1, /deleted by an administrator/);
      expect(mail?.subject).toBe('Your account was deleted');
    });

    it('is told to followers and remembered, with the mode', async () => {
      await deleteUser(testApp, admin, ada.id, mode);
      const { events } = await ask(testApp, Events, {}, admin);
      expect(events?.items.at(-1)?.event).toEqual({
        change: 'DELETED',
        userId: ada.id,
        user: null,
      });
      const entries = await testApp.database.prisma.auditEvent.findMany({
        where: { action: 'user.deleted' },
      });
      expect(entries).toEqual([
        expect.objectContaining({
          actorId: admin.userId,
          targetId: ada.userId,
          metadata: { mode },
        }),
      ]);
    });

    it('finds nobody when it is done already: NOT_FOUND', async () => {
      await deleteUser(testApp, admin, ada.id, mode);
      expect(await deleteUser(testApp, admin, ada.id, mode)).toEqual({
        __typename: 'NotFoundError',
        id: ada.id,
      });
    });

    it('refuses oneself and names the way: CONFLICT', async () => {
      expect(await deleteUser(testApp, admin, admin.id, mode)).toEqual({
        __typename: 'ConflictError',
        message: expect.stringContaining('scheduleAccountDeletion'),
        path: null,
        currentVersion: null,
      });
      expect(await findUser(admin)).toMatchObject({ deletedAt: null, email: admin.email });
    });

    it('refuses who holds a permission that the caller lacks: CONFLICT', async () => {
      const helper = await signUpWith(testApp, ['users:write']);
      const refusal = { __typename: 'ConflictError' };
      expect(await deleteUser(testApp, helper, admin.id, mode)).toMatchObject(refusal);
      expect(await deleteUser(testApp, helper, ada.id, mode)).toMatchObject({ ok: true });
    });

    it('keeps the last administrator, also from whoever has all their permissions: CONFLICT', async () => {
      const { permissions } = await testApp.database.prisma.role.findUniqueOrThrow({
        where: { key: 'admin' },
      });
      const equal = await signUpWith(testApp, permissions as never);
      expect(await deleteUser(testApp, equal, admin.id, mode)).toMatchObject({
        __typename: 'ConflictError',
        message: 'There must be an administrator left.',
      });
      expect(await findUser(admin)).toMatchObject({ deletedAt: null, email: admin.email });
      await signUpAdmin(testApp);
      expect(await deleteUser(testApp, equal, admin.id, mode)).toMatchObject({ ok: true });
    });
  });

  it('leaves a tombstone when it anonymises, nothing when it erases', async () => {
    const bob = await signUp(testApp, 'Bob');
    await deleteUser(testApp, admin, ada.id, 'ANONYMIZE');
    await deleteUser(testApp, admin, bob.id, 'ERASE');
    await runDeletionJobs(testApp, bob);
    expect(await findUser(ada)).toMatchObject({
      displayName: 'Deleted user',
      email: `${ada.userId}@deleted.invalid`,
      emailVerifiedAt: null,
      username: null,
      status: 'ACTIVE',
      deletedAt: expect.any(Date),
      version: 2,
    });
    expect(await findUser(bob)).toBeNull();
  });

  it('needs a recent proof of who one is: STEP_UP_REQUIRED', async () => {
    await testApp.database.prisma.session.update({
      where: { id: admin.sessionId },
      data: { authenticatedAt: new Date(Date.now() - 601_000) },
    });
    expect(await deleteUser(testApp, admin, ada.id)).toEqual({
      __typename: 'StepUpRequiredError',
      maxAgeSeconds: 600,
    });
    const again = await signIn(testApp, admin);
    expect(await deleteUser(testApp, again, ada.id)).toMatchObject({ ok: true });
  });

  it.each([
    ['nobody', () => globalId('User', randomUUID())],
    ['a role', () => globalId('Role', randomUUID())],
    ['no id', () => "' OR 1=1 --"],
    ['an empty id', () => ''],
  ])('deletes nobody by the id of %s', async (what, idOf) => {
    const { accessToken } = admin;
    const mutation = graphql(`
      mutation DeleteByHostileId($id: ID!) { deleteUser(id: $id, mode: ERASE) { __typename } }
    `);
    const answer = await send(testApp, mutation, { id: idOf() }, { accessToken });
    if (what === 'nobody') {
      expect(answer.body.data).toEqual({ deleteUser: { __typename: 'NotFoundError' } });
    } else {
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    }
    expect(await findUser(ada)).not.toBeNull();
  });
});
