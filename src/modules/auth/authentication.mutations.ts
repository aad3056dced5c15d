import { builder } from '../../graphql/builder.ts';
import { credentialOperation } from '../../graphql/credential-operations.ts';
import { UserStatusEnum } from '../../graphql/enums.ts';
import { ErrorInterface } from '../../graphql/result-errors.ts';
import {
  AccountUnavailableError,
  InvalidCredentialsError,
  InvalidTokenError,
  RateLimitedError,
  ValidationError,
} from '../../platform/errors.ts';
import { signInRules } from './auth.rules.ts';
import { AuthPayload } from './auth.schema.ts';

builder.objectType(AccountUnavailableError, {
  name: 'AccountUnavailableError',
  interfaces: [ErrorInterface],
  description:
    'The password is right, but the account may not be used now. Code ACCOUNT_UNAVAILABLE.',
  fields: (t) => ({
    status: t.field({
      type: UserStatusEnum,
      description: 'Why it cannot be used.',
      resolve: ({ status }) => status,
    }),
  }),
});

const SignInInput = builder.inputType('SignInInput', {
  description: 'Who signs in.',
  validate: signInRules,
  fields: (t) => ({
    email: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'The address of the account.',
    }),
    password: t.string({
      required: true,
      description: 'The password of the account, at most 256 bytes in UTF-8.',
    }),
    deviceLabel: t.string({
      description: 'What the user calls this device, 1 to 100 characters.',
    }),
  }),
});

const RefreshInput = builder.inputType('RefreshInput', {
  description: 'Which session is to go on.',
  fields: (t) => ({
    refreshToken: t.string({ required: true, description: 'The newest one that was received.' }),
  }),
});

builder.mutationField('signIn', (t) =>
  t.field({
    type: AuthPayload,
    nullable: true,
    description:
      'Starts a session. At most 10 tries a minute for an account from one network address, 100 for all accounts.',
    extensions: credentialOperation,
    errors: {
      types: [InvalidCredentialsError, AccountUnavailableError, RateLimitedError, ValidationError],
    },
    args: { input: t.arg({ type: SignInInput, required: true, description: 'Who signs in.' }) },
    resolve: (_root, { input }, { services, origin }) =>
      services.authentication.signIn(origin, input),
  }),
);

builder.mutationField('refreshSession', (t) =>
  t.field({
    type: AuthPayload,
    nullable: true,
    description:
      'Exchanges a refresh token for new tokens. For 10 seconds after an exchange the replaced token leads to the same successor, so that racing tabs and lost answers do no harm; after that its use ends the session.',
    extensions: credentialOperation,
    errors: { types: [InvalidTokenError, RateLimitedError] },
    args: {
      input: t.arg({ type: RefreshInput, required: true, description: 'Its refresh token.' }),
    },
    resolve: (_root, { input }, { services, origin }) =>
      services.authentication.refresh(origin, input.refreshToken),
  }),
);
