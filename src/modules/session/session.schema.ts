import { RevokeReason } from '../../generated/prisma/enums.ts';
import { builder } from '../../graphql/builder.ts';
import { FactorTypeEnum } from '../../graphql/enums.ts';
import { showNodes } from '../../graphql/node-visibility.ts';
import { sharedBy } from '../../graphql/shared-by.ts';
import { isSessionVisible } from './session.service.ts';

/** Why a session ended before its time. */
export const RevokeReasonEnum = builder.enumType('RevokeReason', {
  description: 'Why a session ended before its time.',
  values: {
    [RevokeReason.SIGNED_OUT]: { description: 'Its user signed out.' },
    [RevokeReason.TOKEN_REUSED]: {
      description: 'A refresh token came back that had been replaced: somebody may have a copy.',
    },
    [RevokeReason.REVOKED_BY_USER]: { description: 'Its user ended it from another session.' },
    [RevokeReason.PASSWORD_CHANGED]: { description: 'The password of its user was changed.' },
    [RevokeReason.REVOKED_BY_ADMIN]: { description: 'An administrator ended it.' },
    [RevokeReason.SUSPENDED]: { description: 'Its user was suspended.' },
    [RevokeReason.EXPIRED]: {
      description: 'Its user has begun so many others since.',
    },
    [RevokeReason.DELETED]: { description: 'The account of its user was deleted.' },
  } as const,
});

/** A signed-in device. */
export const Session = builder.prismaNode('Session', {
  id: { ...sharedBy(), field: 'id', description: 'Opaque; good for `node`.' },
  nullable: true,
  description: 'A signed-in device. Seen by its user and by holders of sessions:read.',
  ...sharedBy('permissions', 'self'),
  authScopes: (session, { viewer }) =>
    isSessionVisible(session, viewer) || { $granted: 'ownAccount' },
  fields: (t) => ({
    user: t.relation('user', {
      ...sharedBy('permissions', 'self'),
      description:
        'Who is signed in. Of somebody else a holder of sessions:read sees as much as anywhere.',
      // Whoever sees it by the permission alone is not its user.
      grantScopes: (session, _args, { viewer }) =>
        viewer?.userId !== session.userId && isSessionVisible(session, viewer)
          ? []
          : ['ownAccount'],
    }),
    isCurrent: t.boolean({
      description: 'Whether this very request came with it.',
      resolve: ({ id }, _args, { viewer }) => viewer?.sessionId === id,
    }),
    createdAt: t.expose('createdAt', {
      ...sharedBy(),
      type: 'DateTime',
      description: 'When it began.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      ...sharedBy(),
      type: 'DateTime',
      description: 'When it was last used, to about a minute. To be told of events is no use.',
    }),
    expiresAt: t.expose('expiresAt', {
      ...sharedBy(),
      type: 'DateTime',
      description: 'When it ends, however often it is refreshed.',
    }),
    idleExpiresAt: t.expose('idleExpiresAt', {
      ...sharedBy(),
      type: 'DateTime',
      nullable: true,
      description: 'When it ends unless it is refreshed before.',
    }),
    ipAddress: t.exposeString('ipAddress', {
      ...sharedBy(),
      nullable: true,
      description: 'Where it began, as the trusted proxies report it.',
    }),
    userAgent: t.exposeString('userAgent', {
      ...sharedBy(),
      nullable: true,
      description: 'What the client called itself.',
    }),
    deviceLabel: t.exposeString('deviceLabel', {
      ...sharedBy(),
      nullable: true,
      description: 'What the user calls the device.',
    }),
    amr: t.expose('amr', {
      ...sharedBy(),
      type: [FactorTypeEnum],
      description:
        'How the user proved who they are (authentication methods references, RFC 8176).',
    }),
    authenticatedAt: t.expose('authenticatedAt', {
      ...sharedBy(),
      type: 'DateTime',
      description: 'When the user last proved who they are.',
    }),
    liveConnections: t.int({
      description:
        'How many WebSockets and event streams it holds open now, on all instances, as of a second or so ago; those of an instance that was killed count for half a minute more.',
      resolve: ({ id }, _args, { services }) => services.connectionLeases.countOfSession(id),
    }),
    revokedAt: t.expose('revokedAt', {
      ...sharedBy(),
      type: 'DateTime',
      nullable: true,
      description: 'When it was ended before its time.',
    }),
    revokeReason: t.expose('revokeReason', {
      ...sharedBy(),
      type: RevokeReasonEnum,
      nullable: true,
      description: 'Why it was ended before its time.',
    }),
  }),
});

showNodes('Session', isSessionVisible);

builder.queryField('currentSession', (t) =>
  t.prismaField({
    type: 'Session',
    nullable: true,
    description: 'The session of this request; null for a stranger.',
    // Copied, for Pothos takes a query that nobody read for a mistake, and a stranger's is not.
    resolve: ({ ...query }, _root, _args, { services, viewer }) =>
      viewer === null ? null : services.sessions.getSession(viewer.sessionId, query),
  }),
);
