import { builder } from '../../graphql/builder.ts';
import { NotFoundError } from '../../platform/errors.ts';
import { Session } from './session.schema.ts';

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
    resolve: (_root, { everywhere }, { services, viewer, origin, cookies }) =>
      services.sessions.signOut(origin, viewer, everywhere ?? false).then((revoked) => {
        // Those of another session stay.
        if (cookies.callerDelivery === 'COOKIE') cookies.clear();
        return { revoked };
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
      services.ownSessions.revoke(origin, viewer, id.id).then((revoked) => ({ revoked })),
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
      services.ownSessions.revokeOthers(origin, viewer).then((revoked) => ({ revoked })),
  }),
);
