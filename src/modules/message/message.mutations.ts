import { Ack, acknowledged } from '../../graphql/ack.ts';
import { builder } from '../../graphql/builder.ts';
import { UserReference } from '../../graphql/references.ts';
import {
  ConflictError,
  NotFoundError,
  RateLimitedError,
  ValidationError,
} from '../../platform/errors.ts';
import { bodyRule, idempotencyKeyRule } from './message.rules.ts';
import { Message } from './message.schema.ts';

const MessageInput = builder.inputType('MessageInput', {
  description:
    'What to write, and to whom: a recipient for `sendMessage`, a channel for `broadcast`.',
  fields: (t) => ({
    recipientId: t.globalID({ for: UserReference, description: 'To which user.' }),
    channel: t.string({
      description:
        'To which channel: "broadcast" for everybody, "role:" and a key for those who have that role.',
    }),
    body: t.string({
      required: true,
      validate: bodyRule,
      description:
        'Plain text, 1 to 4,000 characters. Control characters are refused but for newline and tab, and so are those that turn the text around.',
    }),
    idempotencyKey: t.string({
      validate: idempotencyKeyRule,
      description:
        'Chosen by the client for this message, 1 to 255 characters. Within 24 hours, the same call with it answers the same message; CONFLICT with another input.',
    }),
  }),
});

builder.mutationField('sendMessage', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: Message,
    nullable: true,
    description:
      'Writes to another user, at most 60 times a minute and 2,000 times a day. NotFoundError for one who is gone or may not be seen, ConflictError for oneself. Whether the recipient wants to hear nothing from the caller is told by nothing.',
    errors: { types: [ConflictError, NotFoundError, RateLimitedError, ValidationError] },
    args: { input: t.arg({ type: MessageInput, required: true, description: 'What, to whom.' }) },
    resolve: (query, _root, { input }, { services, viewer, origin }) =>
      services.sending.send(
        origin,
        viewer,
        { ...input, recipientId: input.recipientId?.id },
        query,
      ),
  }),
);

builder.mutationField('broadcast', (t) =>
  t.withAuth({ signedIn: true, permission: 'messages:broadcast' }).prismaField({
    type: Message,
    nullable: true,
    description:
      'Writes to a channel, at most 60 times a minute and 2,000 times a day, direct messages among them. Needs messages:broadcast, and not the role whose holders read it.',
    errors: { types: [ConflictError, RateLimitedError, ValidationError] },
    args: { input: t.arg({ type: MessageInput, required: true, description: 'What, to whom.' }) },
    resolve: (query, _root, { input }, { services, viewer, origin }) =>
      services.sending.broadcast(
        origin,
        viewer,
        { ...input, recipientId: input.recipientId?.id },
        query,
      ),
  }),
);

builder.mutationField('markMessagesRead', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: Ack,
    nullable: true,
    description:
      'Notes that the viewer has read direct messages that came to them; the first time counts. All of them, or none: NotFoundError names one that did not come to the viewer.',
    errors: { types: [NotFoundError, ValidationError] },
    args: {
      ids: t.arg.globalIDList({
        required: true,
        for: Message,
        description: 'Which messages, at most 100.',
      }),
    },
    resolve: (_root, { ids }, { services, viewer, origin }) =>
      services.messages
        .markRead(
          origin,
          viewer,
          ids.map(({ id }) => id),
        )
        .then(() => acknowledged),
  }),
);
