import { randomUUID } from 'node:crypto';
import { graphql } from '../generated/index.ts';
import { type AtomicMutation, call, describeAtomicMutations } from '../support/atomic-mutations.ts';
import { mailedCode, mailedToken } from '../support/mails.ts';
import { signIn, signUp } from '../support/people.ts';

const RequestPasswordReset = graphql(`
  mutation AtomicRequestPasswordReset($input: EmailInput!) {
    requestPasswordReset(input: $input) { __typename }
  }
`);
const ResetPassword = graphql(`
  mutation AtomicResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) { __typename }
  }
`);
const ChangePassword = graphql(`
  mutation AtomicChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) { __typename ... on User { id } }
  }
`);
const RequestEmailChange = graphql(`
  mutation AtomicRequestEmailChange($input: EmailInput!) {
    requestEmailChange(input: $input) { __typename }
  }
`);
const ConfirmEmailChange = graphql(`
  mutation AtomicConfirmEmailChange($input: TokenInput!) {
    confirmEmailChange(input: $input) { __typename ... on User { id } }
  }
`);
const Reauthenticate = graphql(`
  mutation AtomicReauthenticate($input: ReauthenticateInput!) {
    reauthenticate(input: $input) { __typename ... on AuthPayload { session { id } } }
  }
`);
const RequestSignInCode = graphql(`
  mutation AtomicRequestSignInCode($input: EmailInput!) {
    requestSignInCode(input: $input) { __typename }
  }
`);
const SignInWithCode = graphql(`
  mutation AtomicSignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { __typename ... on AuthPayload { session { id } } }
  }
`);

const anyone = () => `${randomUUID()}@example.com`;
const newPassword = 'nine otters under the pier';
const method = 'PASSWORD' as const;

const mutations: Record<string, AtomicMutation> = {
  requestPasswordReset: {
    member: 'Accepted',
    arrange: async (testApp) => call(testApp)(RequestPasswordReset, { input: { email: anyone() } }),
  },
  resetPassword: {
    member: 'Ack',
    arrange: async (testApp) => {
      const { email } = await signUp(testApp);
      await call(testApp)(RequestPasswordReset, { input: { email } })();
      const token = await mailedToken(testApp, email, 'reset-password');
      return call(testApp)(ResetPassword, { input: { token, newPassword } });
    },
  },
  changePassword: {
    member: 'User',
    arrange: async (testApp) => {
      const ada = await signUp(testApp);
      await signIn(testApp, ada);
      const input = { currentPassword: ada.password, newPassword };
      return call(testApp)(ChangePassword, { input }, { accessToken: ada.accessToken });
    },
  },
  requestEmailChange: {
    member: 'Accepted',
    arrange: async (testApp) => {
      const { accessToken } = await signUp(testApp);
      return call(testApp)(RequestEmailChange, { input: { email: anyone() } }, { accessToken });
    },
  },
  confirmEmailChange: {
    member: 'User',
    arrange: async (testApp) => {
      const { accessToken } = await signUp(testApp);
      const email = anyone();
      await call(testApp)(RequestEmailChange, { input: { email } }, { accessToken })();
      const token = await mailedToken(testApp, email, 'confirm-email-change');
      return call(testApp)(ConfirmEmailChange, { input: { token } });
    },
  },
  reauthenticate: {
    member: 'AuthPayload',
    arrange: async (testApp) => {
      const { accessToken, password } = await signUp(testApp);
      return call(testApp)(Reauthenticate, { input: { method, password } }, { accessToken });
    },
  },
  'reauthenticate with a wrong password': {
    member: 'InvalidCredentialsError',
    arrange: async (testApp) => {
      const { accessToken } = await signUp(testApp);
      const input = { method, password: 'wrong' };
      return call(testApp)(Reauthenticate, { input }, { accessToken });
    },
  },
  requestSignInCode: {
    member: 'Accepted',
    arrange: async (testApp) => call(testApp)(RequestSignInCode, { input: { email: anyone() } }),
  },
  'signInWithCode on a new device': {
    member: 'AuthPayload',
    arrange: async (testApp) => {
      const { email } = await signUp(testApp);
      await call(testApp)(RequestSignInCode, { input: { email } })();
      const code = await mailedCode(testApp, email);
      return call(testApp)(SignInWithCode, { input: { email, code } }, { userAgent: 'new' });
    },
  },
  'signInWithCode with a wrong code': {
    member: 'InvalidTokenError',
    arrange: async (testApp) => {
      const { email } = await signUp(testApp);
      await call(testApp)(RequestSignInCode, { input: { email } })();
      const code = (await mailedCode(testApp, email)) === '000000' ? '000001' : '000000';
      return call(testApp)(SignInWithCode, { input: { email, code } });
    },
  },
};

describeAtomicMutations(mutations);
