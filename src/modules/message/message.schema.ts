import { builder } from '../../graphql/builder.ts';
import { showNodes } from '../../graphql/node-visibility.ts';
import { sharedBy } from '../../graphql/shared-by.ts';
import { isMessageVisible, standingMessage } from './message-readers.ts';

/** What somebody has written to a user or a channel. */
export const Message = builder.prismaNode('Message', {
  id: { ...sharedBy(), field: 'id', description: 'Opaque; good for `node`. Ids sort by time.' },
  findUnique: standingMessage,
  nullable: true,
  description:
    'What somebody has written to a user, or to a channel. For its sender and its recipient, or for those who read the channel.',
  // Its sender, or its recipient, is whom the event involves that leads to it.
  ...sharedBy('roles', 'self'),
  authScopes: (message, { viewer }) => isMessageVisible(message, viewer),
  fields: (t) => ({
    sender: t.prismaField({
      ...sharedBy('permissions', 'self'),
      type: 'User',
      nullable: true,
      description: 'Who wrote it; null once they are gone, and where the viewer may not see them.',
      // Copied, for Pothos takes a query that nobody read for a mistake.
      resolve: ({ ...query }, { senderId }, _args, { services, viewer, rows }) =>
        senderId === null ? null : services.users.findVisible(viewer, senderId, query, rows),
    }),
    recipient: t.prismaField({
      type: 'User',
      nullable: true,
      description: 'To whom; null for a channel, and where the viewer may not see them.',
      resolve: ({ ...query }, { recipientId }, _args, { services, viewer, rows }) =>
        recipientId === null ? null : services.users.findVisible(viewer, recipientId, query, rows),
    }),
    channel: t.exposeString('channel', {
      ...sharedBy(),
      nullable: true,
      description:
        'To which channel: "broadcast" for everybody, "role:" and a key for those who have that role; null for a direct message.',
    }),
    body: t.exposeString('body', {
      ...sharedBy(),
      description: 'Plain text, 1 to 4,000 characters; lines end with a newline.',
    }),
    sentAt: t.expose('sentAt', {
      ...sharedBy(),
      type: 'DateTime',
      description: 'When it was sent.',
    }),
    readAt: t.expose('readAt', {
      ...sharedBy(),
      type: 'DateTime',
      nullable: true,
      description:
        'When its recipient first said by `markMessagesRead` that they have read it; null until then, and for channels.',
    }),
  }),
});

showNodes('Message', isMessageVisible);
