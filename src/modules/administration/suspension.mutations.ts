import { builder } from '../../graphql/builder.ts';
import { UserReference } from '../../graphql/references.ts';
import { ConflictError, NotFoundError, ValidationError } from '../../platform/errors.ts';
import { suspensionReasonRule } from './administration.rules.ts';

builder.mutationField('suspendUser', (t) =>
  t.withAuth({ signedIn: true, permission: 'users:write' }).prismaField({
    type: 'User',
    nullable: true,
    description:
      'Keeps a user out: their sessions and tokens end at once, and they cannot sign in until they are restored. Of a user who is suspended it changes the reason and the end. Needs users:write. CONFLICT for oneself, for the last administrator, and for whoever holds a permission that the caller lacks.',
    errors: { types: [ConflictError, NotFoundError, ValidationError] },
    args: {
      id: t.arg.globalID({ required: true, for: UserReference, description: 'Whom.' }),
      reason: t.arg.string({
        required: true,
        validate: suspensionReasonRule,
        description: 'Why, for administrators: 1 to 500 characters. The user is not told.',
      }),
      until: t.arg({
        type: 'DateTime',
        description: 'When they are restored by themselves, in the future; left out, never.',
      }),
    },
    resolve: (query, _root, { id, reason, until }, { services, viewer, origin }) =>
      services.administration.suspend(origin, viewer, id.id, { reason, until }, query),
  }),
);

builder.mutationField('restoreUser', (t) =>
  t.withAuth({ signedIn: true, permission: 'users:write' }).prismaField({
    type: 'User',
    nullable: true,
    description:
      'Lets a suspended user sign in again; of any other it changes nothing. A deletion that they had scheduled goes on. Needs users:write. CONFLICT for whoever holds a permission that the caller lacks.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { id: t.arg.globalID({ required: true, for: UserReference, description: 'Whom.' }) },
    resolve: (query, _root, { id }, { services, viewer, origin }) =>
      services.administration.restore(origin, viewer, id.id, query),
  }),
);
