import { builder } from '../../graphql/builder.ts';
import { UserReference } from '../../graphql/references.ts';
import { ConflictError, NotFoundError } from '../../platform/errors.ts';

builder.mutationField('unlockUser', (t) =>
  t.withAuth({ signedIn: true, permission: 'users:write' }).prismaField({
    type: 'User',
    nullable: true,
    description:
      'Forgets how often a user was tried to be signed in as in vain, and how many mails they were sent, so that the delays of the account end. What is counted by client goes on for at most an hour. Needs users:write. CONFLICT for whoever holds a permission that the caller lacks.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { id: t.arg.globalID({ required: true, for: UserReference, description: 'Whom.' }) },
    resolve: (query, _root, { id }, { services, viewer, origin }) =>
      services.administration.unlock(origin, viewer, id.id, query),
  }),
);

builder.mutationField('revokeUserSessions', (t) =>
  t.withAuth({ signedIn: true, permission: 'sessions:revoke' }).field({
    type: 'RevokedSessions',
    nullable: true,
    description:
      'Ends all sessions of a user, whose tokens stop at once. Needs sessions:revoke. CONFLICT for whoever holds a permission that the caller lacks.',
    errors: { types: [ConflictError, NotFoundError] },
    args: {
      userId: t.arg.globalID({ required: true, for: UserReference, description: 'Whose.' }),
    },
    resolve: (_root, { userId }, { services, viewer, origin }) =>
      services.administration.revokeSessions(origin, viewer, userId.id),
  }),
);
