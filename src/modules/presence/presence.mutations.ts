import { Ack, acknowledged } from '../../graphql/ack.ts';
import { builder } from '../../graphql/builder.ts';
import { RateLimitedError } from '../../platform/errors.ts';
import { PresenceStatusEnum } from './presence.schema.ts';

builder.mutationField('setPresence', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: Ack,
    nullable: true,
    description:
      'Says how the caller wants to be seen while connected, on whichever device, until they say otherwise: OFFLINE is to be there unseen. Connects nobody. 30 a minute.',
    errors: { types: [RateLimitedError] },
    args: {
      status: t.arg({ type: PresenceStatusEnum, required: true, description: 'How.' }),
    },
    resolve: (_root, { status }, { services, viewer, origin }) =>
      services.presence.setPresence(origin, viewer.userId, status).then(() => acknowledged),
  }),
);
