import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { userChanged } from '../../src/modules/user/user.events.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import type {
  StatementCountsEventsQueryVariables,
  TypedDocumentString,
  UpdateProfileInput,
} from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { announceAccess } from '../support/access-notices.ts';
import { mailedCode, mailedToken, mailsTo, tokenIn } from '../support/mails.ts';
import {
  globalId,
  type Person,
  signIn as signInPerson,
  signUp,
  signUpAdmin,
} from '../support/people.ts';
import { ask } from '../support/request.ts';
import { countStatements, type StatementWatch, watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';

const AuthConfig = graphql(`
  query StatementCountsAuthConfig { authConfig { methods } }
`);
const Me = graphql(`
  query StatementCountsMe { me { id email } }
`);
const MeInFull = graphql(`
  query StatementCountsMeInFull { me { id email roles { key permissions } permissions } }
`);
const CurrentSession = graphql(`
  query StatementCountsCurrentSession { currentSession { id isCurrent } }
`);
const CurrentSessionInFull = graphql(`
  query StatementCountsCurrentSessionInFull {
    currentSession { id user { email roles { key } permissions } }
  }
`);
const OwnSessions = graphql(`
  query StatementCountsOwnSessions($first: Int) { me { sessions(first: $first) { nodes { id } } } }
`);
const OwnSessionsInFull = graphql(`
  query StatementCountsOwnSessionsInFull {
    me { sessions { totalCount edges { cursor node { deviceLabel isCurrent user { email } } } } }
  }
`);
const User = graphql(`
  query StatementCountsUser($id: ID!) { user(id: $id) { displayName } }
`);
const Node = graphql(`
  query StatementCountsNode($id: ID!) {
    node(id: $id) { ... on User { displayName } ... on Session { amr } ... on Role { key } }
  }
`);
const Nodes = graphql(`
  query StatementCountsNodes($ids: [ID!]!) { nodes(ids: $ids) { ... on User { displayName } } }
`);
const Users = graphql(`
  query StatementCountsUsers($first: Int) { users(first: $first) { nodes { displayName } } }
`);
const UsersInFull = graphql(`
  query StatementCountsUsersInFull($first: Int) {
    users(first: $first) {
      totalCount
      edges { cursor node { email roles { key } permissions } }
      pageInfo { endCursor hasNextPage }
    }
  }
`);
const UsersWithAvatars = graphql(`
  query StatementCountsAvatars($first: Int) {
    users(first: $first) { nodes { avatar(size: 64) { url } large: avatar(size: 512) { url } } }
  }
`);
const UsersWithPresence = graphql(`
  query StatementCountsPresence($first: Int) {
    users(first: $first) { nodes { presence { status connections lastSeenAt user { id } } } }
  }
`);
const UsersWithSessions = graphql(`
  query StatementCountsSessions($first: Int) {
    users(first: $first) { nodes { sessions(first: 3) { nodes { createdAt } } } }
  }
`);
const Events = graphql(`
  query StatementCountsEvents($limit: Int, $after: EventCursor) {
    events(limit: $limit, after: $after) { items { event { id } } cursor }
  }
`);
const EventsInFull = graphql(`
  query StatementCountsEventsInFull($limit: Int, $after: EventCursor) {
    events(limit: $limit, after: $after) {
      items { event { ... on UserChanged { user { email roles { key } permissions } } } }
      cursor
    }
  }
`);
const SignUp = graphql(`
  mutation StatementCountsSignUp($input: SignUpInput!) { signUp(input: $input) { __typename } }
`);
const ResendVerification = graphql(`
  mutation StatementCountsResendVerification($input: EmailInput!) {
    resendVerification(input: $input) { __typename }
  }
`);
const VerifyEmail = graphql(`
  mutation StatementCountsVerifyEmail($input: TokenInput!) {
    verifyEmail(input: $input) { ... on AuthPayload { user { id } session { id } tokens { refreshToken } } }
  }
`);
const SignIn = graphql(`
  mutation StatementCountsSignIn($input: SignInInput!) {
    signIn(input: $input) { ... on AuthPayload { tokens { refreshToken } } }
  }
`);
const SignInInFull = graphql(`
  mutation StatementCountsSignInInFull($input: SignInInput!) {
    signIn(input: $input) {
      ... on AuthPayload { user { id permissions } session { id } tokens { refreshToken } }
    }
  }
`);
const RefreshSession = graphql(`
  mutation StatementCountsRefreshSession($input: RefreshInput!) {
    refreshSession(input: $input) {
      ... on AuthPayload { tokens { refreshToken } }
      ... on InvalidTokenError { reason }
    }
  }
`);
const SignOut = graphql(`
  mutation StatementCountsSignOut($everywhere: Boolean!) {
    signOut(everywhere: $everywhere) { __typename }
  }
`);
const RevokeSession = graphql(`
  mutation StatementCountsRevokeSession($id: ID!) { revokeSession(id: $id) { __typename } }
`);
const UpdateProfile = graphql(`
  mutation StatementCountsUpdateProfile($input: UpdateProfileInput!) {
    updateProfile(input: $input) { __typename ... on User { displayName } }
  }
`);
const RequestPasswordReset = graphql(`
  mutation StatementCountsRequestPasswordReset($input: EmailInput!) {
    requestPasswordReset(input: $input) { __typename }
  }
`);
const ResetPassword = graphql(`
  mutation StatementCountsResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) { __typename }
  }
`);
const RequestSignInCode = graphql(`
  mutation StatementCountsRequestSignInCode($input: EmailInput!) {
    requestSignInCode(input: $input) { __typename }
  }
`);
const SignInWithCode = graphql(`
  mutation StatementCountsSignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { ... on AuthPayload { tokens { refreshToken } } }
  }
`);
const Reauthenticate = graphql(`
  mutation StatementCountsReauthenticate($input: ReauthenticateInput!) {
    reauthenticate(input: $input) { ... on AuthPayload { tokens { refreshToken } } }
  }
`);
const ChangePassword = graphql(`
  mutation StatementCountsChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) { ... on User { email } }
  }
`);
const RequestEmailChange = graphql(`
  mutation StatementCountsRequestEmailChange($input: EmailInput!) {
    requestEmailChange(input: $input) { __typename }
  }
`);
const ConfirmEmailChange = graphql(`
  mutation StatementCountsConfirmEmailChange($input: TokenInput!) {
    confirmEmailChange(input: $input) { ... on User { email } }
  }
`);

/** An operation, what it may send as `statements` or `statements in transactions`, and its run. */
type Row = [operation: string, expected: string, run: () => Promise<string>];

describe('the SQL statements of an operation', () => {
  const testApp = useTestApp();
  let watch: StatementWatch;
  beforeAll(() => {
    watch = watchStatements(testApp.database);
  });

  let ada: Person;
  let admin: Person;
  beforeEach(async () => {
    ada = await signUp(testApp);
    admin = await signUpAdmin(testApp);
    // From now on it is known who calls with their sessions.
    for (const { accessToken } of [ada, admin]) await ask(testApp, Me, {}, { accessToken });
  });

  const count = async <Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    viewer?: Person,
    options?: { everything: boolean },
  ) => {
    const { sent } = await watch.record(
      () => ask(testApp, document, variables, { accessToken: viewer?.accessToken }),
      options,
    );
    const { statements, transactions } = countStatements(sent);
    return transactions === 0 ? `${statements}` : `${statements} in ${transactions}`;
  };
  const compare = async (rows: Row[]) => {
    const counts: [string, string][] = [];
    for (const [operation, , run] of rows) counts.push([operation, await run()]);
    expect(Object.fromEntries(counts)).toEqual(
      Object.fromEntries(rows.map(([operation, expected]) => [operation, expected])),
    );
  };

  it('are as few as this for a query', async () => {
    const { prisma } = testApp.database;
    const others = await prisma.user.createManyAndReturn({
      data: Array.from({ length: 20 }, (_, index) => ({
        email: `user${index}@example.com`,
        displayName: `User ${index}`,
      })),
    });
    const ids = others.map(({ id }) => globalId('User', id));
    await prisma.avatar.createMany({ data: others.map(({ id }) => ({ userId: id, digest: id })) });
    for (const _ of [1, 2]) await signInPerson(testApp, ada);
    const missing = globalId('User', randomUUID());
    const session = globalId('Session', ada.sessionId);
    const role = globalId('Role', (await prisma.role.findFirstOrThrow()).id);
    await compare([
      ['authConfig to a stranger', '0', () => count(AuthConfig, {})],
      ['me to a stranger', '0', () => count(Me, {})],
      ['me', '0', () => count(Me, {}, ada)],
      ['me with roles and permissions', '3', () => count(MeInFull, {}, ada)],
      ['currentSession', '1', () => count(CurrentSession, {}, ada)],
      ['currentSession with its user', '4', () => count(CurrentSessionInFull, {}, ada)],
      ['user', '1', () => count(User, { id: admin.id }, ada)],
      ['node: a user', '1', () => count(Node, { id: admin.id }, ada)],
      ['node: a session', '1', () => count(Node, { id: session }, ada)],
      ['node: a role', '1', () => count(Node, { id: role }, ada)],
      ['node: nothing', '1', () => count(Node, { id: missing }, ada)],
      ['nodes: 2 users', '1', () => count(Nodes, { ids: ids.slice(0, 2) }, ada)],
      ['nodes: 20 users', '1', () => count(Nodes, { ids }, ada)],
      ['users: 2', '1', () => count(Users, { first: 2 }, admin)],
      ['users: 20', '1', () => count(Users, { first: 20 }, admin)],
      ['users: 2 with roles and count', '4', () => count(UsersInFull, { first: 2 }, admin)],
      ['users: 20 with roles and count', '4', () => count(UsersInFull, { first: 20 }, admin)],
      ['users: 2 with pictures', '2', () => count(UsersWithAvatars, { first: 2 }, admin)],
      ['users: 20 with pictures', '2', () => count(UsersWithAvatars, { first: 20 }, admin)],
      ['users: 2 with presence', '2', () => count(UsersWithPresence, { first: 2 }, admin)],
      ['users: 20 with presence', '2', () => count(UsersWithPresence, { first: 20 }, admin)],
      ['users: 2 with sessions', '3', () => count(UsersWithSessions, { first: 2 }, admin)],
      ['users: 20 with sessions', '3', () => count(UsersWithSessions, { first: 20 }, admin)],
      ['own sessions: 1', '1', () => count(OwnSessions, { first: 1 }, ada)],
      ['own sessions: 3 with user and count', '3', () => count(OwnSessionsInFull, {}, ada)],
      [
        'me, when nothing is known of the session',
        '2',
        () => announceAccess(testApp, 'everybody').then(() => count(Me, {}, ada)),
      ],
    ]);
  });

  it('are as few as this for events', async () => {
    const { prisma } = testApp.database;
    const users = await prisma.user.createManyAndReturn({
      data: Array.from({ length: 200 }, (_, index) => ({
        email: `user${index}@example.com`,
        displayName: `User ${index}`,
      })),
    });
    await prisma.$transaction((transaction) =>
      appendEvents(
        transaction,
        users.map(({ id }) => userChanged(id, 'CREATED', [])),
      ),
    );
    const { events } = await ask(testApp, Events, { limit: 100 }, admin);
    const after = events?.cursor ?? null;
    const read = <Data>(
      document: TypedDocumentString<Data, StatementCountsEventsQueryVariables>,
      limit: number,
      viewer: Person,
    ) => count(document, { limit, after }, viewer, { everything: true });
    // Up to where the log is final (2), the rows, and whether the cursor's is kept;
    // the last page moves on to the newest row.
    await compare([
      ['events: 2', '4', () => read(Events, 2, admin)],
      ['events: 100', '4', () => read(Events, 100, admin)],
      ['events: none', '5', () => read(Events, 100, ada)],
      ['events: 2 with users and their roles', '7', () => read(EventsInFull, 2, admin)],
      ['events: 100 with users and their roles', '7', () => read(EventsInFull, 100, admin)],
    ]);
  });

  it('are as few as this for a mutation', async () => {
    const { email, password, refreshToken } = ada;
    const someone = `someone.${randomUUID()}@example.com`;
    const signUpInput = { email: someone, password, displayName: 'Someone' };
    const verify = (token: string) => count(VerifyEmail, { input: { token } });
    const tokenOfMail = async () => tokenIn((await mailsTo(testApp, someone, 2))[0]);
    const signIn = (secret: string) => count(SignIn, { input: { email, password: secret } });
    const refresh = () => count(RefreshSession, { input: { refreshToken } });
    const leaveWindow = () =>
      testApp.database.prisma.$executeRaw`
        UPDATE session SET rotated_at = rotated_at - interval '10 seconds'`;
    const forgetDevices = () =>
      testApp.database.prisma.session.updateMany({ data: { userAgent: 'another' } });
    const revoke = (id: string) => count(RevokeSession, { id: globalId('Session', id) }, admin);
    const update = (input: UpdateProfileInput) => count(UpdateProfile, { input }, admin);
    await compare([
      ['signUp', '6 in 1', () => count(SignUp, { input: signUpInput })],
      [
        'resendVerification',
        '4 in 1',
        () => count(ResendVerification, { input: { email: someone } }),
      ],
      ['verifyEmail: another token', '0', () => verify('a guess')],
      ['verifyEmail', '16 in 1', async () => verify(await tokenOfMail())],
      ['verifyEmail: once more', '1 in 1', async () => verify(await tokenOfMail())],
      ['signIn', '8 in 1', () => signIn(password)],
      ['signIn on a new device', '9 in 1', () => forgetDevices().then(() => signIn(password))],
      ['signIn: the wrong password', '4 in 1', () => signIn('wrong')],
      [
        'signIn with user and session',
        '12 in 1',
        () => count(SignInInFull, { input: { email, password } }),
      ],
      ['refreshSession', '2', refresh],
      ['refreshSession: the parent in time', '3', refresh],
      ['refreshSession: the parent too late', '9 in 1', () => leaveWindow().then(refresh)],
      ['refreshSession: an ended session', '3', refresh],
      ['updateProfile: nothing', '1', () => update({})],
      ['updateProfile', '4 in 1', () => update({ displayName: 'Augusta' })],
      [
        'updateProfile: another version',
        '2 in 1',
        () => update({ locale: 'en', expectedVersion: 9 }),
      ],
      ['revokeSession: none', '2 in 1', () => revoke(randomUUID())],
      [
        'revokeSession',
        '5 in 1',
        async () => revoke((await signInPerson(testApp, admin)).sessionId),
      ],
      ['signOut', '7 in 1', () => count(SignOut, { everywhere: true }, admin)],
    ]);
  });

  it('are as few as this for a mutation of how an account is entered', async () => {
    const { email, password } = ada;
    const newAddress = `${randomUUID()}@example.com`;
    const newPassword = 'nine otters under the pier';
    const nobody = { email: `${randomUUID()}@example.com` };
    const reset = (token: string) => count(ResetPassword, { input: { token, newPassword } });
    const signIn = (code: string) => count(SignInWithCode, { input: { email, code } });
    const wrongCode = async () =>
      (await mailedCode(testApp, email)).replace(/^./, (digit) => `${(Number(digit) + 1) % 10}`);
    const prove = (secret: string) =>
      count(Reauthenticate, { input: { method: 'PASSWORD', password: secret } }, admin);
    const change = (currentPassword: string) =>
      count(ChangePassword, { input: { currentPassword, newPassword } }, admin);
    const confirm = (token: string) => count(ConfirmEmailChange, { input: { token } });
    await compare([
      ['requestSignInCode', '6 in 1', () => count(RequestSignInCode, { input: { email } })],
      [
        'requestSignInCode: an unknown address',
        '6 in 1',
        () => count(RequestSignInCode, { input: nobody }),
      ],
      ['signInWithCode: a wrong one', '6 in 1', async () => signIn(await wrongCode())],
      ['signInWithCode', '8 in 1', async () => signIn(await mailedCode(testApp, email))],
      ['requestPasswordReset', '6 in 1', () => count(RequestPasswordReset, { input: { email } })],
      [
        'requestPasswordReset: an unknown address',
        '6 in 1',
        () => count(RequestPasswordReset, { input: nobody }),
      ],
      ['resetPassword: another token', '0', () => reset('a guess')],
      [
        'resetPassword, which ends 2 sessions',
        '12 in 1',
        async () => reset(await mailedToken(testApp, email, 'reset-password')),
      ],
      ['reauthenticate', '8 in 1', () => prove(password)],
      ['reauthenticate: the wrong password', '6 in 1', () => prove('wrong')],
      ['changePassword: the wrong password', '5 in 1', () => change('wrong')],
      ['changePassword', '11 in 1', () => change(password)],
      [
        'requestEmailChange',
        '10 in 1',
        () => count(RequestEmailChange, { input: { email: newAddress } }, admin),
      ],
      ['confirmEmailChange: another token', '0', () => confirm('a guess')],
      [
        'confirmEmailChange',
        '11 in 1',
        async () => confirm(await mailedToken(testApp, newAddress, 'confirm-email-change')),
      ],
    ]);
  });
});
