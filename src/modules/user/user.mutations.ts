import { builder } from '../../graphql/builder.ts';
import { ConflictError, ValidationError } from '../../platform/errors.ts';
import { profileRules } from './user.rules.ts';
import { User } from './user.schema.ts';

const UpdateProfileInput = builder.inputType('UpdateProfileInput', {
  description: 'What to change. A field that is left out stays as it is; null clears it.',
  validate: profileRules,
  fields: (t) => ({
    displayName: t.string({
      description: 'What others see, 1 to 100 characters; null leaves it as it is.',
    }),
    username: t.string({
      description:
        'A name that nobody else has, without regard to case: 3 to 30 letters, digits, "_", "." or "-".',
    }),
    locale: t.string({
      description: 'Preferred language, as a BCP 47 tag such as "pt-BR".',
    }),
    timezone: t.string({
      description: 'IANA time zone such as "Europe/Berlin".',
    }),
    expectedVersion: t.int({
      description: 'Refuses the change with a ConflictError when `User.version` is another by now.',
    }),
  }),
});

builder.mutationField('updateProfile', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: User,
    nullable: true,
    description: 'Changes what others see of the caller, and their preferences.',
    errors: { types: [ConflictError, ValidationError] },
    args: {
      input: t.arg({ type: UpdateProfileInput, required: true, description: 'What to change.' }),
    },
    resolve: (query, _root, { input }, { services, viewer, origin }) =>
      services.users.updateProfile(origin, viewer.userId, input, query),
  }),
);
