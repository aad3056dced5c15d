import { Ack, acknowledged } from '../../graphql/ack.ts';
import { builder } from '../../graphql/builder.ts';
import { UserReference } from '../../graphql/references.ts';
import { ConflictError, NotFoundError, RateLimitedError } from '../../platform/errors.ts';

builder.mutationField('blockUser', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: Ack,
    nullable: true,
    description:
      'Keeps what a user writes to the caller from now on from the caller. That user is told by nothing: to them their messages are sent, and never read. Once more changes nothing. ConflictError for oneself; at most 30 calls a minute, with unblockUser.',
    errors: { types: [ConflictError, NotFoundError, RateLimitedError] },
    args: { id: t.arg.globalID({ required: true, for: UserReference, description: 'Whom.' }) },
    resolve: (_root, { id }, { services, viewer, origin }) =>
      services.userBlocks.block(origin, viewer, id.id).then(() => acknowledged),
  }),
);

builder.mutationField('unblockUser', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: Ack,
    nullable: true,
    description:
      'Takes back a `blockUser`; without one it changes nothing. What was written meanwhile stays unseen.',
    errors: { types: [NotFoundError, RateLimitedError] },
    args: { id: t.arg.globalID({ required: true, for: UserReference, description: 'Whom.' }) },
    resolve: (_root, { id }, { services, viewer, origin }) =>
      services.userBlocks.unblock(origin, viewer, id.id).then(() => acknowledged),
  }),
);
