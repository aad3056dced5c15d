import { builder } from '../../graphql/builder.ts';
import { credentialOperation } from '../../graphql/credential-operations.ts';
import {
  AccountUnavailableError,
  InvalidTokenError,
  RateLimitedError,
  ValidationError,
} from '../../platform/errors.ts';
import { codeSignInRules } from './auth.rules.ts';
import { Accepted, AuthPayload } from './auth.schema.ts';
import { accepted, EmailInput } from './auth-inputs.schema.ts';
import { deliver, deliveryOptions } from './token-delivery.schema.ts';

const SignInWithCodeInput = builder.inputType('SignInWithCodeInput', {
  description: 'Who signs in by a code that was mailed.',
  validate: codeSignInRules,
  fields: (t) => ({
    email: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'The address that the code was sent to.',
    }),
    code: t.string({ required: true, description: 'Its six digits; spaces do not matter.' }),
    deviceLabel: t.string({
      description: 'What the user calls this device, 1 to 100 characters.',
    }),
    delivery: t.field(deliveryOptions),
  }),
});

builder.mutationField('requestSignInCode', (t) =>
  t.field({
    type: Accepted,
    nullable: true,
    description:
      'Sends a code of six digits for `signInWithCode`, good for 10 minutes. At most 5 mails an hour to an address from one client.',
    extensions: credentialOperation,
    errors: { types: [ValidationError, RateLimitedError] },
    args: { input: t.arg({ type: EmailInput, required: true, description: 'Which address.' }) },
    resolve: (_root, { input }, { services, origin }) =>
      services.codeSignIn.requestSignInCode(origin, input.email).then(() => accepted),
  }),
);

builder.mutationField('signInWithCode', (t) =>
  t.field({
    type: AuthPayload,
    nullable: true,
    description:
      'Starts a session by a code that was mailed. The code works once, and uses up the others that the address was sent; after 5 wrong ones, none is taken until they have run out.',
    extensions: credentialOperation,
    errors: {
      types: [InvalidTokenError, AccountUnavailableError, RateLimitedError, ValidationError],
    },
    args: {
      input: t.arg({ type: SignInWithCodeInput, required: true, description: 'Who signs in.' }),
    },
    resolve: (_root, { input }, { services, origin, cookies }) =>
      deliver(cookies, input.delivery, () => services.codeSignIn.signInWithCode(origin, input)),
  }),
);
