import { Ack, acknowledged } from '../../graphql/ack.ts';
import { builder } from '../../graphql/builder.ts';
import { credentialOperation } from '../../graphql/credential-operations.ts';
import { hashingComplexity } from '../../graphql/field-complexity.ts';
import { InvalidTokenError, RateLimitedError, ValidationError } from '../../platform/errors.ts';
import { resetPasswordRules } from './auth.rules.ts';
import { Accepted } from './auth.schema.ts';
import { accepted, EmailInput } from './auth-inputs.schema.ts';

const ResetPasswordInput = builder.inputType('ResetPasswordInput', {
  description: 'A new password, and what allows to set it.',
  validate: resetPasswordRules,
  fields: (t) => ({
    token: t.string({
      required: true,
      description: 'What stands after `#token=` in the link of the mail.',
    }),
    newPassword: t.string({
      required: true,
      description:
        'At least `AuthConfig.passwordMinLength` characters, at most 256 bytes in UTF-8; any characters.',
    }),
  }),
});

builder.mutationField('requestPasswordReset', (t) =>
  t.field({
    type: Accepted,
    nullable: true,
    description:
      'Sends a link to set a new password, good for 30 minutes. At most 5 mails an hour to an address from one client.',
    extensions: credentialOperation,
    errors: { types: [ValidationError, RateLimitedError] },
    args: { input: t.arg({ type: EmailInput, required: true, description: 'Which address.' }) },
    resolve: (_root, { input }, { services, origin }) =>
      services.recovery.requestPasswordReset(origin, input.email).then(() => accepted),
  }),
);

builder.mutationField('resetPassword', (t) =>
  t.field({
    type: Ack,
    nullable: true,
    description:
      'Sets a password by the token of a mail, be it for a new password or an invitation, and confirms the address if nobody had. A new password ends every session of the account. Nobody is signed in, and a password that is refused leaves the token good.',
    extensions: credentialOperation,
    complexity: hashingComplexity,
    errors: { types: [InvalidTokenError, ValidationError, RateLimitedError] },
    args: {
      input: t.arg({ type: ResetPasswordInput, required: true, description: 'The new password.' }),
    },
    resolve: (_root, { input: { token, newPassword } }, { services, origin }) =>
      services.recovery.resetPassword(origin, token, newPassword).then(() => acknowledged),
  }),
);
