import { builder } from '../../graphql/builder.ts';
import { credentialOperation } from '../../graphql/credential-operations.ts';
import { hashingComplexity } from '../../graphql/field-complexity.ts';
import { InvalidTokenError, RateLimitedError, ValidationError } from '../../platform/errors.ts';
import { signUpRules } from './auth.rules.ts';
import { Accepted, AuthPayload } from './auth.schema.ts';
import { accepted, EmailInput, TokenInput } from './auth-inputs.schema.ts';
import { deliver } from './token-delivery.schema.ts';

const SignUpInput = builder.inputType('SignUpInput', {
  description: 'Who signs up.',
  validate: signUpRules,
  fields: (t) => ({
    email: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'Where the confirmation is sent.',
    }),
    password: t.string({
      required: true,
      description:
        'At least `AuthConfig.passwordMinLength` characters, at most 256 bytes in UTF-8; any characters, but no common password and none close to the address or name.',
    }),
    displayName: t.string({
      required: true,
      description: 'What others see, 1 to 100 characters.',
    }),
    locale: t.string({
      description: 'Preferred language, as a BCP 47 tag such as "pt-BR".',
    }),
  }),
});

builder.mutationField('signUp', (t) =>
  t.field({
    type: Accepted,
    nullable: true,
    description:
      'Begins an account. It is made when the link in the mail is confirmed; until then nothing can be done with it. Top-level SIGN_UP_DISABLED where strangers may not sign up.',
    extensions: credentialOperation,
    complexity: hashingComplexity,
    errors: { types: [ValidationError, RateLimitedError] },
    args: { input: t.arg({ type: SignUpInput, required: true, description: 'Who signs up.' }) },
    resolve: (_root, { input }, { services, origin }) =>
      services.registration.signUp(origin, input).then(() => accepted),
  }),
);

builder.mutationField('resendVerification', (t) =>
  t.field({
    type: Accepted,
    nullable: true,
    description: 'Sends the confirmation mails of an address again, at most its three latest.',
    extensions: credentialOperation,
    errors: { types: [ValidationError, RateLimitedError] },
    args: { input: t.arg({ type: EmailInput, required: true, description: 'Which address.' }) },
    resolve: (_root, { input }, { services, origin }) =>
      services.registration.resendVerification(origin, input.email).then(() => accepted),
  }),
);

builder.mutationField('verifyEmail', (t) =>
  t.field({
    type: AuthPayload,
    nullable: true,
    description: 'Confirms the address that a mail went to, makes the account and signs it in.',
    extensions: credentialOperation,
    errors: { types: [InvalidTokenError, RateLimitedError] },
    args: { input: t.arg({ type: TokenInput, required: true, description: 'The token.' }) },
    resolve: (_root, { input }, { services, origin, cookies }) =>
      deliver(cookies, input.delivery, () =>
        services.registration.verifyEmail(origin, input.token),
      ),
  }),
);
