import { Ack, acknowledged } from '../../graphql/ack.ts';
import { builder } from '../../graphql/builder.ts';
import { ConflictError, StepUpRequiredError, ValidationError } from '../../platform/errors.ts';
import { graceDaysRule } from './account-deletion.rules.ts';

const usualGraceDays = 30;

builder.mutationField('scheduleAccountDeletion', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: Ack,
    nullable: true,
    description:
      "Has the caller's account erased, with all that is kept about them, once some days have passed; a mail says when. Until then it can be used, and the deletion be called off; another call sets another date. Needs a recent proof of who the caller is. ConflictError for the last administrator, who must appoint another one before.",
    errors: { types: [ValidationError, StepUpRequiredError, ConflictError] },
    args: {
      graceDays: t.arg.int({
        defaultValue: usualGraceDays,
        validate: graceDaysRule,
        description: 'After how many days, 1 to 90.',
      }),
    },
    resolve: (_root, { graceDays }, { services, viewer, origin }) =>
      services.accountDeletion
        .schedule(origin, viewer, graceDays ?? usualGraceDays)
        .then(() => acknowledged),
  }),
);

builder.mutationField('cancelAccountDeletion', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: Ack,
    nullable: true,
    description:
      "Keeps the caller's account, which was going to be deleted; one that was not stays as it is.",
    errors: { types: [] },
    resolve: (_root, _args, { services, viewer, origin }) =>
      services.accountDeletion.cancel(origin, viewer).then(() => acknowledged),
  }),
);
