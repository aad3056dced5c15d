import { builder } from '../../graphql/builder.ts';
import { InvalidTokenError } from '../../platform/errors.ts';

const ConnectionRenewed = builder.objectRef<{ expiresAt: Date }>('ConnectionRenewed').implement({
  description: 'The connection goes on.',
  authScopes: { signedIn: true },
  fields: (t) => ({
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends now, unless it is renewed again.',
    }),
  }),
});

builder.mutationField('renewConnection', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: ConnectionRenewed,
    nullable: true,
    description:
      'Gives the WebSocket that this is sent over another token, so that it and its subscriptions go on; CONNECTION_REQUIRED over HTTP. A token that holds no longer than the present one changes nothing.',
    errors: { types: [InvalidTokenError] },
    args: {
      token: t.arg.string({
        required: true,
        description:
          'An access token or a connection token of the same session; any other is UNKNOWN.',
      }),
    },
    resolve: async (_root, { token }, { caller }) => ({ expiresAt: await caller.renew(token) }),
  }),
);
