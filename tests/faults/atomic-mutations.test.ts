import { randomUUID } from 'node:crypto';
import { graphql } from '../generated/index.ts';
import { type AtomicMutation, call, describeAtomicMutations } from '../support/atomic-mutations.ts';
import { mailsTo, tokenIn } from '../support/mails.ts';
import { globalId, signIn, signUp, signUpAdmin } from '../support/people.ts';

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
const RevokeSession = graphql(`
  mutation AtomicRevokeSession($id: ID!) { revokeSession(id: $id) { __typename } }
`);
const RevokeOtherSessions = graphql(`
  mutation AtomicRevokeOtherSessions { revokeOtherSessions { __typename } }
`);
const UpdateProfile = graphql(`
  mutation AtomicUpdateProfile($input: UpdateProfileInput!) {
    updateProfile(input: $input) { __typename ... on User { roles { key } } }
  }
`);

const RotateSigningKey = graphql(`
  mutation AtomicRotateSigningKey {
    rotateSigningKey(compromised: true) { __typename ... on Ack { ok } }
  }
`);

const anyone = () => `${randomUUID()}@example.com`;
const password = 'a password of good length';

const mutations: Record<string, AtomicMutation> = {
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
  rotateSigningKey: {
    member: 'Ack',
    arrange: async (testApp) => {
      const { accessToken } = await signUpAdmin(testApp);
      return call(testApp)(RotateSigningKey, {}, { accessToken });
    },
  },
  revokeSession: {
    member: 'RevokedSessions',
    arrange: async (testApp) => {
      const ada = await signUp(testApp);
      const id = globalId('Session', (await signIn(testApp, ada)).sessionId);
      return call(testApp)(RevokeSession, { id }, { accessToken: ada.accessToken });
    },
  },
  revokeOtherSessions: {
    member: 'RevokedSessions',
    arrange: async (testApp) => {
      const ada = await signUp(testApp);
      for (const _ of [1, 2]) await signIn(testApp, ada);
      return call(testApp)(RevokeOtherSessions, {}, { accessToken: ada.accessToken });
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

describeAtomicMutations(mutations);
