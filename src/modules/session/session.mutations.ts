import { builder } from '../../graphql/builder.ts';

const RevokedSessions = builder.objectRef<{ revoked: number }>('RevokedSessions').implement({
  description: 'What was ended.',
  fields: (t) => ({
    revoked: t.exposeInt('revoked', { description: 'How many running sessions were ended.' }),
  }),
});

builder.mutationField('signOut', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: RevokedSessions,
    nullable: true,
    description:
      'Ends the session of this request, or all of the caller. Their tokens stop at once.',
    errors: { types: [] },
    args: {
      everywhere: t.arg.boolean({
        defaultValue: false,
        description: 'Whether to end all sessions of the caller.',
      }),
    },
    resolve: (_root, { everywhere }, { services, viewer, origin }) =>
      services.sessions
        .signOut(origin, viewer, everywhere ?? false)
        .then((revoked) => ({ revoked })),
  }),
);
