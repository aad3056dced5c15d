import { builder } from '../../graphql/builder.ts';
import { NotFoundError } from '../../platform/errors.ts';
import type { EndedSessions } from './end-sessions.ts';
import { Session } from './session.schema.ts';

const RevokedSessions = builder.objectRef<EndedSessions>('RevokedSessions').implement({
  description: 'What was ended.',
  fields: (t) => ({
    revoked: t.exposeInt('revoked', { description: 'How many running sessions were ended.' }),
    closedConnections: t.exposeInt('closedConnections', {
      description:
        'How many WebSockets and event streams they held, on all instances; they are closed at once. What was opened or closed within the last second or so may not be counted yet.',
    }),
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
    resolve: (_root, { everywhere }, { services, viewer, origin, cookies }) =>
      services.sessions.signOut(origin, viewer, everywhere ?? false).then((ended) => {
        // Those of another session stay.
        if (cookies.callerDelivery === 'COOKIE') cookies.clear();
        return ended;
      }),
  }),
);

builder.mutationField('revokeSession', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: RevokedSessions,
    nullable: true,
    description:
      'Ends one session of the caller, whose tokens stop at once; one that had ended counts 0.',
    errors: { types: [NotFoundError] },
    args: { id: t.arg.globalID({ required: true, for: Session, description: 'Which session.' }) },
    resolve: (_root, { id }, { services, viewer, origin }) =>
      services.ownSessions.revoke(origin, viewer, id.id),
  }),
);

builder.mutationField('revokeOtherSessions', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: RevokedSessions,
    nullable: true,
    description:
      'Ends all sessions of the caller but the one of this request. Their tokens stop at once.',
    errors: { types: [] },
    resolve: (_root, _args, { services, viewer, origin }) =>
      services.ownSessions.revokeOthers(origin, viewer),
  }),
);
