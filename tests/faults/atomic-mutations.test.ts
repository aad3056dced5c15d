import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { allMailsWorked, mailsTo, tokenIn } from '../support/mails.ts';
import { anyAddress, signIn, signUp } from '../support/people.ts';
import { type Answer, codesOf, type Sender, send } from '../support/request.ts';
import { type StatementWatch, watchStatements } from '../support/statements.ts';
import { changesBetween, dumpTables } from '../support/table-dump.ts';
import { type TestApp, useTestApp } from '../support/test-app.ts';

const SignUp = graphql(`
  mutation AtomicSignUp($input: SignUpInput!) { signUp(input: $input) { __typename } }
`);
const ResendVerification = graphql(`
  mutation AtomicResendVerification($input: EmailInput!) {
    resendVerification(input: $input) { __typename }
  }
`);
const VerifyEmail = graphql(`
  mutation AtomicVerifyEmail($input: TokenInput!) {
    verifyEmail(input: $input) { __typename ... on AuthPayload { user { id } session { id } } }
  }
`);
const SignIn = graphql(`
  mutation AtomicSignIn($input: SignInInput!) {
    signIn(input: $input) { __typename ... on AuthPayload { user { id } session { id } } }
  }
`);
const RefreshSession = graphql(`
  mutation AtomicRefreshSession($input: RefreshInput!) {
    refreshSession(input: $input) { __typename ... on AuthPayload { user { id } session { id } } }
  }
`);
const SignOut = graphql(`
  mutation AtomicSignOut { signOut(everywhere: true) { __typename } }
`);
const UpdateProfile = graphql(`
  mutation AtomicUpdateProfile($input: UpdateProfileInput!) {
    updateProfile(input: $input) { __typename ... on User { roles { key } } }
  }
`);

/** Arranges what a mutation needs and answers with the call of it, to be made several times. */
type Arrange = (testApp: TestApp) => Promise<() => Promise<Answer<object>>>;

const call =
  (testApp: TestApp) =>
  <Data extends object, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    sender: Sender = {},
  ) =>
  (): Promise<Answer<object>> =>
    send(testApp, document, variables, { ipAddress: anyAddress(), ...sender });

const anyone = () => `${randomUUID()}@example.com`;
const password = 'a password of good length';

const mutations: Record<string, { member: string; arrange: Arrange }> = {
  signUp: {
    member: 'Accepted',
    arrange: async (testApp) =>
      call(testApp)(SignUp, { input: { email: anyone(), password, displayName: 'Ada' } }),
  },
  resendVerification: {
    member: 'Accepted',
    arrange: async (testApp) => call(testApp)(ResendVerification, { input: { email: anyone() } }),
  },
  verifyEmail: {
    member: 'AuthPayload',
    arrange: async (testApp) => {
      const email = anyone();
      const tokens: string[] = [];
      for (const displayName of ['Ada', 'Mallory']) {
        await call(testApp)(SignUp, { input: { email, password, displayName } })();
        tokens.push(...(await mailsTo(testApp, email, tokens.length + 1)).map(tokenIn));
      }
      return call(testApp)(VerifyEmail, { input: { token: tokens[0] ?? '' } });
    },
  },
  signIn: {
    member: 'AuthPayload',
    arrange: async (testApp) => {
      const { email } = await signUp(testApp);
      return call(testApp)(SignIn, { input: { email, password } });
    },
  },
  'signIn with a wrong password': {
    member: 'InvalidCredentialsError',
    arrange: async (testApp) => {
      const { email } = await signUp(testApp);
      return call(testApp)(SignIn, { input: { email, password: 'wrong' } });
    },
  },
  refreshSession: {
    member: 'AuthPayload',
    arrange: async (testApp) => {
      const { refreshToken } = await signUp(testApp);
      return call(testApp)(RefreshSession, { input: { refreshToken } });
    },
  },
  'refreshSession by a thief': {
    member: 'InvalidTokenError',
    arrange: async (testApp) => {
      const { refreshToken, sessionId } = await signUp(testApp);
      await testApp.database.prisma.session.update({
        where: { id: sessionId },
        data: { counter: 2 },
      });
      return call(testApp)(RefreshSession, { input: { refreshToken } });
    },
  },
  signOut: {
    member: 'RevokedSessions',
    arrange: async (testApp) => {
      const ada = await signUp(testApp);
      await signIn(testApp, ada);
      return call(testApp)(SignOut, {}, { accessToken: ada.accessToken });
    },
  },
  updateProfile: {
    member: 'User',
    arrange: async (testApp) => {
      const { accessToken } = await signUp(testApp);
      const input = { displayName: 'Augusta', username: randomUUID().slice(0, 8) };
      return call(testApp)(UpdateProfile, { input }, { accessToken });
    },
  },
};

// A run for each statement, and each makes its people anew.
describe('a mutation, each of whose statements fails in turn', { timeout: 120_000 }, () => {
  const testApp = useTestApp();
  let watch: StatementWatch;
  beforeAll(() => {
    watch = watchStatements(testApp.database);
  });

  /** Runs a mutation, one statement of which fails, if any; tells what it changed. */
  async function observe(run: () => Promise<Answer<object>>, failing?: number) {
    await allMailsWorked(testApp);
    const before = await dumpTables(testApp.database);
    const { result, sent, failed } = await watch.record(run, failing ? { failing } : {});
    const changes = changesBetween(before, await dumpTables(testApp.database));
    return { answer: result, sent, failed, changes };
  }

  it.each(Object.entries(mutations))('%s, changes all or nothing', async (_, mutation) => {
    const whole = await observe(await mutation.arrange(testApp));
    expect(memberOf(whole.answer)).toBe(mutation.member);
    expect(whole.changes).not.toEqual({});
    // Outside a transaction the last write is the commit.
    const committedAt = whole.sent.findLastIndex((sql) => /^\s*(COMMIT|UPDATE)\b/.test(sql));
    for (const [index, sql] of whole.sent.entries()) {
      // PGlite is not sent this one: it begins by itself.
      if (sql === 'BEGIN' && testApp.database.driver.kind === 'embedded') continue;
      const run = await mutation.arrange(testApp);
      const { answer, failed, changes } = await observe(run, index + 1);
      expect({ failed, codes: codesOf(answer), changes }).toEqual({
        failed: sql,
        codes: ['INTERNAL_SERVER_ERROR'],
        changes: index > committedAt ? whole.changes : {},
      });
      if (index > committedAt) continue;
      const next = await observe(run);
      expect(memberOf(next.answer)).toBe(mutation.member);
      expect(next.changes).toEqual(whole.changes);
    }
  });
});

/** Reads which member of its result union a mutation was answered with. */
function memberOf({ body }: Answer<object>): unknown {
  const [result] = Object.values(body.data ?? {});
  return body.errors ?? Object(result).__typename;
}
