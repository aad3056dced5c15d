import { builder } from '../../graphql/builder.ts';
import { UserReference } from '../../graphql/references.ts';
import {
  ConflictError,
  NotFoundError,
  RateLimitedError,
  StepUpRequiredError,
  ValidationError,
} from '../../platform/errors.ts';
import { createUserRules, updateUserRules } from './administration.rules.ts';

const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'Who is to have an account.',
  validate: createUserRules,
  fields: (t) => ({
    email: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'Their address; unconfirmed until they show that it is theirs.',
    }),
    displayName: t.string({
      required: true,
      description: 'What others see, 1 to 100 characters.',
    }),
    locale: t.string({
      description: 'Language of their mails, as a BCP 47 tag such as "pt-BR".',
    }),
    roles: t.stringList({
      description:
        'Keys of the roles that they have besides "user", at most 50. Needs roles:assign, every permission of the roles, and a recent proof of who the caller is.',
    }),
    sendInvite: t.boolean({
      description:
        'Whether they are sent a link, good for 7 days, to choose a password. When it is left out: unless `passwordHash` is given.',
    }),
    passwordHash: t.string({
      description:
        'What another system stored of their password: bcrypt, scrypt, PBKDF2 or argon2, at most 1024 characters; docs/passwords.md lists writings and bounds.',
    }),
    idempotencyKey: t.string({
      description:
        'Chosen by the client for this user, 1 to 255 characters. Within 24 hours, the same call with it answers the same user, as they are by then; CONFLICT with another input.',
    }),
  }),
});

builder.mutationField('createUser', (t) =>
  t.withAuth({ signedIn: true, permission: 'users:write' }).prismaField({
    type: 'User',
    nullable: true,
    description:
      'Makes an account for somebody. Needs users:write. CONFLICT when the address has an account, or a role holds a permission that the caller lacks.',
    errors: { types: [ConflictError, StepUpRequiredError, ValidationError] },
    args: { input: t.arg({ type: CreateUserInput, required: true, description: 'For whom.' }) },
    resolve: (query, _root, { input }, { services, viewer, origin }) =>
      services.administration.createUser(origin, viewer, input, query),
  }),
);

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'What to change. A field that is left out stays as it is.',
  validate: updateUserRules,
  fields: (t) => ({
    displayName: t.string({
      description: 'What others see, 1 to 100 characters; null leaves it as it is.',
    }),
    email: t.field({
      type: 'EmailAddress',
      description:
        'Another address. It is sent a link, good for an hour, and counts once that is followed; the present one is warned. Needs a recent proof of who the caller is.',
    }),
    locale: t.string({
      description: 'Preferred language, as a BCP 47 tag such as "pt-BR"; null clears it.',
    }),
    roles: t.stringList({
      description:
        'Keys of all roles that they are to have besides "user", at most 50; null leaves them as they are. Needs roles:assign, every permission of the roles that are given or taken, and a recent proof of who the caller is.',
    }),
    expectedVersion: t.int({
      description: 'Refuses the change with a ConflictError when `User.version` is another by now.',
    }),
  }),
});

builder.mutationField('updateUser', (t) =>
  t.withAuth({ signedIn: true, permission: 'users:write' }).prismaField({
    type: 'User',
    nullable: true,
    description:
      'Changes the account of somebody. Needs users:write. CONFLICT when it has another version, the address is taken, no administrator would be left, or a permission is at stake that the caller lacks.',
    errors: {
      types: [ConflictError, NotFoundError, RateLimitedError, StepUpRequiredError, ValidationError],
    },
    args: {
      id: t.arg.globalID({ required: true, for: UserReference, description: 'Whose.' }),
      input: t.arg({ type: UpdateUserInput, required: true, description: 'What to change.' }),
    },
    resolve: (query, _root, { id, input }, { services, viewer, origin }) =>
      services.administration.updateUser(origin, viewer, id.id, input, query),
  }),
);
