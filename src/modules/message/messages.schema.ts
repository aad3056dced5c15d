import { builder } from '../../graphql/builder.ts';
import { UserReference } from '../../graphql/references.ts';
import { Message } from './message.schema.ts';

builder.queryField('messages', (t) =>
  t.connection(
    {
      type: Message,
      nullable: true,
      authScopes: { signedIn: true },
      description:
        "The viewer's direct messages, newest first, by keyset; those with one user, or those of a channel, when that is asked for. 1 to 100 a page, 20 by default; more is refused with BAD_USER_INPUT.",
      args: {
        with: t.arg.globalID({
          for: UserReference,
          description: 'Only what the viewer and this user wrote to each other.',
        }),
        channel: t.arg.string({
          description:
            'What was written to this channel instead, "broadcast" or "role:" and a key; nothing for one that the viewer does not read. Not together with `with`.',
        }),
      },
      resolve: async (_root, { with: other, channel, ...page }, { services, viewer }) =>
        viewer && services.messages.listMessages(viewer, { withId: other?.id, channel }, page),
    },
    { name: 'MessageConnection', description: 'One page of messages.' },
    { name: 'MessageEdge', description: 'A message in a list, and where it stands in it.' },
  ),
);
