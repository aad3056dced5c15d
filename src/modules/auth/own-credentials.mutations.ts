import { builder } from '../../graphql/builder.ts';
import { FactorTypeEnum } from '../../graphql/enums.ts';
import { hashingComplexity } from '../../graphql/field-complexity.ts';
import {
  InvalidCredentialsError,
  InvalidTokenError,
  RateLimitedError,
  ValidationError,
} from '../../platform/errors.ts';
import { changePasswordRules, reauthenticateRules } from './auth.rules.ts';
import { AuthPayload } from './auth.schema.ts';
import { deliver } from './token-delivery.schema.ts';

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'A new password, and the present one.',
  validate: changePasswordRules,
  fields: (t) => ({
    currentPassword: t.string({ required: true, description: 'The present password.' }),
    newPassword: t.string({
      required: true,
      description:
        'At least `AuthConfig.passwordMinLength` characters, at most 256 bytes in UTF-8; any characters.',
    }),
    revokeOtherSessions: t.boolean({
      defaultValue: true,
      description: 'Whether the other sessions of the caller end.',
    }),
  }),
});

const ReauthenticateInput = builder.inputType('ReauthenticateInput', {
  description: 'A proof of who the caller is.',
  validate: reauthenticateRules,
  fields: (t) => ({
    method: t.field({
      type: FactorTypeEnum,
      required: true,
      description: 'What is proved; PASSWORD is taken.',
    }),
    password: t.string({ description: 'The password of the account; needed for PASSWORD.' }),
  }),
});

builder.mutationField('changePassword', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: 'User',
    nullable: true,
    description:
      'Changes the password of the caller, who must know the present one; a mail tells of it. Tries count as those of `signIn`.',
    complexity: 2 * hashingComplexity,
    errors: { types: [InvalidCredentialsError, ValidationError, RateLimitedError] },
    args: {
      input: t.arg({ type: ChangePasswordInput, required: true, description: 'The change.' }),
    },
    resolve: (query, _root, { input }, { services, viewer, origin }) =>
      services.changePassword(
        origin,
        viewer,
        { ...input, revokeOtherSessions: input.revokeOtherSessions ?? true },
        query,
      ),
  }),
);

builder.mutationField('reauthenticate', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: AuthPayload,
    nullable: true,
    description:
      'Proves once more who the caller is, which `StepUpRequiredError` asks for. The session goes on. Tries count as those of `signIn`.',
    complexity: hashingComplexity,
    errors: {
      types: [InvalidCredentialsError, InvalidTokenError, RateLimitedError, ValidationError],
    },
    args: {
      input: t.arg({ type: ReauthenticateInput, required: true, description: 'The proof.' }),
    },
    resolve: (_root, { input }, { services, viewer, origin, cookies }) =>
      deliver(cookies, cookies.callerDelivery, () =>
        services.reauthenticate(origin, viewer, input.password ?? ''),
      ),
  }),
);
