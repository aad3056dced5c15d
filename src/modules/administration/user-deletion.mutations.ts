import { Ack, acknowledged } from '../../graphql/ack.ts';
import { builder } from '../../graphql/builder.ts';
import { UserReference } from '../../graphql/references.ts';
import { ConflictError, NotFoundError, StepUpRequiredError } from '../../platform/errors.ts';

const DeletionModeEnum = builder.enumType('DeletionMode', {
  description:
    'What is left of a deleted account. In either mode nobody can enter it any more, and nothing personal is kept of its user, but for what `ANONYMIZE` says.',
  values: {
    ANONYMIZE: {
      description:
        'A row without a person, which the tables of an application can go on referring to. No field shows it. Messages of the user stay with those who got them, without a sender.',
    },
    ERASE: {
      description:
        'Nothing: the row is removed with all that hangs on it, by a job that begins at once.',
    },
  } as const,
});

builder.mutationField('deleteUser', (t) =>
  t.withAuth({ signedIn: true, permission: 'users:write' }).field({
    type: Ack,
    nullable: true,
    description:
      'Deletes the account of somebody else at once and for good; a mail tells them. Their sessions end on every instance. Needs a recent proof of who the caller is. ConflictError for oneself (see `scheduleAccountDeletion`), for the last administrator, and for who holds a permission that the caller lacks.',
    errors: { types: [NotFoundError, StepUpRequiredError, ConflictError] },
    args: {
      id: t.arg.globalID({ required: true, for: UserReference, description: 'Whose account.' }),
      mode: t.arg({
        type: DeletionModeEnum,
        required: true,
        defaultValue: 'ANONYMIZE',
        description: 'What is to be left of it.',
      }),
    },
    resolve: (_root, { id, mode }, { services, viewer, origin }) =>
      services.deleteUser(origin, viewer, id.id, mode).then(() => acknowledged),
  }),
);
