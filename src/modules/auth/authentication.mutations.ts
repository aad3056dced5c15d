import { builder } from '../../graphql/builder.ts';
import { credentialOperation } from '../../graphql/credential-operations.ts';
import { UserStatusEnum } from '../../graphql/enums.ts';
import { hashingComplexity } from '../../graphql/field-complexity.ts';
import { ErrorInterface } from '../../graphql/result-errors.ts';
import {
  AccountUnavailableError,
  InvalidCredentialsError,
  InvalidTokenError,
  RateLimitedError,
  ValidationError,
} from '../../platform/errors.ts';
import { signInRules } from './auth.rules.ts';
import { AuthPayload, MfaChallenge } from './auth.schema.ts';
import { deliver, deliverRefreshed, deliveryOptions } from './token-delivery.schema.ts';

builder.objectType(AccountUnavailableError, {
  name: 'AccountUnavailableError',
  interfaces: [ErrorInterface],
  description:
    'The password or code is right, but the account may not be used now. Code ACCOUNT_UNAVAILABLE.',
  fields: (t) => ({
    status: t.field({
      type: UserStatusEnum,
      description: 'Why it cannot be used.',
      resolve: ({ status }) => status,
    }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the suspension ends by itself; null where it has no end.',
      resolve: ({ until }) => until,
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
    delivery: t.field(deliveryOptions),
  }),
});

const RefreshInput = builder.inputType('RefreshInput', {
  description: 'Which session is to go on.',
  fields: (t) => ({
    refreshToken: t.string({
      description:
        'The newest one that was received. Null for the one in the cookie; then the new tokens are in cookies, too.',
    }),
  }),
});

builder.mutationField('signIn', (t) =>
  t.errorUnionField({
    types: [
      AuthPayload,
      MfaChallenge,
      InvalidCredentialsError,
      AccountUnavailableError,
      RateLimitedError,
      ValidationError,
    ],
    union: { resolveType: (answer) => ('tokens' in Object(answer) ? AuthPayload : MfaChallenge) },
    nullable: true,
    description:
      'Starts a session. At most 10 tries a minute for an account from one network address, 100 for all accounts.',
    extensions: credentialOperation,
    complexity: hashingComplexity,
    args: { input: t.arg({ type: SignInInput, required: true, description: 'Who signs in.' }) },
    resolve: (_root, { input }, { services, origin, cookies }) =>
      deliver(cookies, input.delivery, () => services.authentication.signIn(origin, input)),
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
    resolve: (_root, { input }, { services, origin, cookies }) =>
      deliverRefreshed(cookies, input.refreshToken, (token) =>
        services.authentication.refresh(origin, token),
      ),
  }),
);
