import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { signInCodeOf } from '../../src/modules/auth/sign-in-code.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { graphql } from '../generated/index.ts';
import { anyAddress, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { createRace, rows, table, untilWaiting } from '../support/race.ts';
import { createRandom } from '../support/random.ts';
import { type Answer, ask, codesOf, send } from '../support/request.ts';
import { secretKey, useTestApp } from '../support/test-app.ts';

const SuspendUser = graphql(`
  mutation RacingSuspendUser($id: ID!) {
    suspendUser(id: $id, reason: "x") { __typename ... on User { status } }
  }
`);
const RestoreUser = graphql(`
  mutation RacingRestoreUser($id: ID!) { restoreUser(id: $id) { __typename } }
`);
const SetRoles = graphql(`
  mutation RacingSetRoles($id: ID!, $roles: [String!]) {
    updateUser(id: $id, input: { roles: $roles }) { __typename }
  }
`);
const CreateUser = graphql(`
  mutation RacingCreateUser($input: CreateUserInput!) {
    createUser(input: $input) { __typename ... on User { id } }
  }
`);
const SignIn = graphql(`
  mutation RacingSignIn($input: SignInInput!) { signIn(input: $input) { __typename } }
`);
const SignInWithCode = graphql(`
  mutation RacingSignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { __typename }
  }
`);
const Refresh = graphql(`
  mutation RacingRefresh($input: RefreshInput!) { refreshSession(input: $input) { __typename } }
`);

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const random = createRandom(seed);
// Fewer than the sign-ins that are let through without a delay.
const rounds = 8;

describe(`administrators at the same moment as others (TEST_SEED=${seed})`, {
  timeout: 60_000,
}, () => {
  const testApp = useTestApp();
  const race = createRace(testApp, random);
  let admin: Person;
  let ada: Person;
  beforeEach(async () => {
    if (testApp.database.driver.kind !== 'postgres') throw new Error('It needs PostgreSQL.');
    admin = await signUpAdmin(testApp);
    ada = await signUp(testApp);
  });

  const anyone = () => ({ ipAddress: anyAddress() });
  type Act = (by: Person, target: Person) => Promise<Answer<object>>;
  const suspend: Act = (by, { id }) => send(testApp, SuspendUser, { id }, by);
  const demote: Act = (by, { id }) => send(testApp, SetRoles, { id, roles: [] }, by);
  const resultOf = ({ body }: Answer<object>): unknown => Object.values(body.data ?? {})[0];

  /** Each prepares one way in, to be gone once. */
  const entries: Record<string, () => Promise<() => Promise<unknown>>> = {
    'a sign-in by password': async () => {
      const { email, password } = ada;
      return () => ask(testApp, SignIn, { input: { email, password } }, anyone());
    },
    'a sign-in by code': async () => {
      const { email } = ada;
      const expiresAt = new Date(Date.now() + 600_000);
      const data = { purpose: 'SIGN_IN_CODE', email, expiresAt } as const;
      const { id } = await testApp.database.prisma.mailedToken.create({ data });
      const input = { email, code: signInCodeOf(createKeyring(secretKey, null), id) };
      return () => ask(testApp, SignInWithCode, { input }, anyone());
    },
    'a refresh': async () => {
      const { refreshToken } = await signIn(testApp, ada, anyone());
      return () => ask(testApp, Refresh, { input: { refreshToken } }, anyone());
    },
  };

  it.each(Object.entries(entries))(
    'leave no session of a suspended user: %s',
    async (_, prepare) => {
      const { prisma } = testApp.database;
      for (let round = 0; round < rounds; round++) {
        const enter = await prepare();
        const [suspended] = await race(
          [rows('user'), table('session'), rows('password_credential')],
          () => suspend(admin, ada),
          enter,
        );
        expect(resultOf(suspended)).toEqual({ __typename: 'User', status: 'SUSPENDED' });
        const alive = await prisma.session.count({
          where: { userId: ada.userId, revokedAt: null },
        });
        expect(alive).toBe(0);
        await ask(testApp, RestoreUser, { id: ada.id }, admin);
        await prisma.mailedToken.deleteMany();
      }
    },
  );

  it.each([
    ['suspend', suspend],
    ['demote', demote],
  ])('leave one of two who %s each other, of three as well', async (_, act) => {
    const { prisma } = testApp.database;
    for (const others of [0, 1]) {
      for (let round = 0; round < rounds / 2; round++) {
        await prisma.user.updateMany({ data: { status: 'SUSPENDED' } });
        const [one, other] = [await signUpAdmin(testApp), await signUpAdmin(testApp)];
        for (let count = 0; count < others; count++) await signUpAdmin(testApp);
        const answers = await race(
          [rows('user'), rows('role'), table('user_role')],
          () => act(one, other),
          () => act(other, one),
        );
        const won = answers.filter(({ body }) => JSON.stringify(body).includes('"User"'));
        expect(won).toHaveLength(1);
        const left = await prisma.user.count({
          where: { status: 'ACTIVE', roles: { some: { role: { key: 'admin' } } } },
        });
        expect(left).toBe(1 + others);
      }
    }
  });

  it('refuse the act in flight of one who was demoted meanwhile: FORBIDDEN', async () => {
    const demoted = await signUpAdmin(testApp);
    const { prisma } = testApp.database;
    // Held, so that the act waits for its target while its actor is demoted.
    let act: Promise<Answer<object>> | undefined;
    await prisma.$transaction(async (transaction) => {
      await transaction.$queryRaw`SELECT FROM "user" WHERE id = ${ada.userId}::uuid FOR UPDATE`;
      act = suspend(demoted, ada);
      await untilWaiting(testApp, (waiting) => waiting === 1);
      expect(resultOf(await demote(admin, demoted))).toEqual({ __typename: 'User' });
    });
    expect(codesOf((await act) ?? (await suspend(demoted, ada)))).toEqual(['FORBIDDEN']);
    const user = await prisma.user.findUniqueOrThrow({ where: { id: ada.userId } });
    expect(user.status).toBe('ACTIVE');
  });

  it('make one user of two calls with one idempotency key', async () => {
    for (let round = 0; round < rounds; round++) {
      const email = `${randomUUID()}@example.com`;
      const input = { email, displayName: 'Grace', idempotencyKey: email };
      const create = () => ask(testApp, CreateUser, { input }, admin);
      const [one, other] = await race(
        [table('user'), table('idempotency_key'), table('user_role')],
        create,
        create,
      );
      expect(one.createUser?.__typename).toBe('User');
      expect(other).toEqual(one);
    }
  });
});
