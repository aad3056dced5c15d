import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TypedDocumentString, UpdateProfileInput } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { mailsTo, tokenIn } from '../support/mails.ts';
import { globalId, type Person, signUp, signUpAdmin } from '../support/people.ts';
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
const UpdateProfile = graphql(`
  mutation StatementCountsUpdateProfile($input: UpdateProfileInput!) {
    updateProfile(input: $input) { __typename ... on User { displayName } }
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
  });

  const count = async <Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    viewer?: Person,
  ) => {
    const { sent } = await watch.record(() =>
      ask(testApp, document, variables, { accessToken: viewer?.accessToken }),
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
    const missing = globalId('User', randomUUID());
    const session = globalId('Session', ada.sessionId);
    const role = globalId('Role', (await prisma.role.findFirstOrThrow()).id);
    // For whoever is signed in, the first is for who that is and what they may do.
    await compare([
      ['authConfig to a stranger', '0', () => count(AuthConfig, {})],
      ['me to a stranger', '0', () => count(Me, {})],
      ['me', '2', () => count(Me, {}, ada)],
      ['me with roles and permissions', '4', () => count(MeInFull, {}, ada)],
      ['currentSession', '2', () => count(CurrentSession, {}, ada)],
      ['currentSession with its user', '5', () => count(CurrentSessionInFull, {}, ada)],
      ['user', '2', () => count(User, { id: admin.id }, ada)],
      ['node: a user', '2', () => count(Node, { id: admin.id }, ada)],
      ['node: a session', '2', () => count(Node, { id: session }, ada)],
      ['node: a role', '2', () => count(Node, { id: role }, ada)],
      ['node: nothing', '2', () => count(Node, { id: missing }, ada)],
      ['nodes: 2 users', '2', () => count(Nodes, { ids: ids.slice(0, 2) }, ada)],
      ['nodes: 20 users', '2', () => count(Nodes, { ids }, ada)],
      ['users: 2', '2', () => count(Users, { first: 2 }, admin)],
      ['users: 20', '2', () => count(Users, { first: 20 }, admin)],
      ['users: 2 with roles and count', '5', () => count(UsersInFull, { first: 2 }, admin)],
      ['users: 20 with roles and count', '5', () => count(UsersInFull, { first: 20 }, admin)],
    ]);
  });

  it('are as few as this for a mutation', async () => {
    const { email, password, refreshToken } = ada;
    const someone = `someone.${randomUUID()}@example.com`;
    const signUpInput = { email: someone, password, displayName: 'Someone' };
    const verify = (token: string) => count(VerifyEmail, { input: { token } });
    const mailedToken = async () => tokenIn((await mailsTo(testApp, someone, 2))[0]);
    const signIn = (secret: string) => count(SignIn, { input: { email, password: secret } });
    const refresh = () => count(RefreshSession, { input: { refreshToken } });
    const leaveWindow = () =>
      testApp.database.prisma.$executeRaw`
        UPDATE session SET rotated_at = rotated_at - interval '10 seconds'`;
    const update = (input: UpdateProfileInput) => count(UpdateProfile, { input }, admin);
    await compare([
      ['signUp', '5 in 1', () => count(SignUp, { input: signUpInput })],
      [
        'resendVerification',
        '3 in 1',
        () => count(ResendVerification, { input: { email: someone } }),
      ],
      ['verifyEmail: another token', '0', () => verify('a guess')],
      ['verifyEmail', '15 in 1', async () => verify(await mailedToken())],
      ['verifyEmail: once more', '2 in 1', async () => verify(await mailedToken())],
      ['signIn', '4 in 1', () => signIn(password)],
      ['signIn: the wrong password', '3 in 1', () => signIn('wrong')],
      [
        'signIn with user and session',
        '8 in 1',
        () => count(SignInInFull, { input: { email, password } }),
      ],
      ['refreshSession', '2', refresh],
      ['refreshSession: the parent in time', '3', refresh],
      ['refreshSession: the parent too late', '8 in 1', () => leaveWindow().then(refresh)],
      ['refreshSession: an ended session', '3', refresh],
      ['updateProfile: nothing', '2', () => update({})],
      ['updateProfile', '6 in 1', () => update({ displayName: 'Augusta' })],
      [
        'updateProfile: another version',
        '3 in 1',
        () => update({ locale: 'en', expectedVersion: 9 }),
      ],
      ['signOut', '6 in 1', () => count(SignOut, { everywhere: true }, admin)],
    ]);
  });
});
