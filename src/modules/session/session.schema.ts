import { RevokeReason } from '../../generated/prisma/enums.ts';
import { builder } from '../../graphql/builder.ts';
import { FactorTypeEnum } from '../../graphql/enums.ts';
import { showNodes } from '../../graphql/node-visibility.ts';

const RevokeReasonEnum = builder.enumType('RevokeReason', {
  description: 'Why a session ended before its time.',
  values: {
    [RevokeReason.SIGNED_OUT]: { description: 'Its user signed out.' },
    [RevokeReason.TOKEN_REUSED]: {
      description: 'A refresh token came back that had been replaced: somebody may have a copy.',
    },
  } as const,
});

builder.prismaNode('Session', {
  id: { field: 'id', description: 'Opaque; good for `node`.' },
  nullable: true,
  description: 'A signed-in device. Seen by its user.',
  authScopes: (session) => ({ $any: { self: session.userId, $granted: 'ownAccount' } }),
  fields: (t) => ({
    user: t.relation('user', { description: 'Who is signed in.', grantScopes: ['ownAccount'] }),
    isCurrent: t.boolean({
      description: 'Whether this very request came with it.',
      resolve: ({ id }, _args, { viewer }) => viewer?.sessionId === id,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it began.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      description: 'When it was last refreshed.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends, however often it is refreshed.',
    }),
    idleExpiresAt: t.expose('idleExpiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends unless it is refreshed before.',
    }),
    ipAddress: t.exposeString('ipAddress', {
      nullable: true,
      description: 'Where it began, as the trusted proxies report it.',
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'What the client called itself.',
    }),
    deviceLabel: t.exposeString('deviceLabel', {
      nullable: true,
      description: 'What the user calls the device.',
    }),
    amr: t.expose('amr', {
      type: [FactorTypeEnum],
      description:
        'How the user proved who they are (authentication methods references, RFC 8176).',
    }),
    authenticatedAt: t.expose('authenticatedAt', {
      type: 'DateTime',
      description: 'When the user last proved who they are.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was ended before its time.',
    }),
    revokeReason: t.expose('revokeReason', {
      type: RevokeReasonEnum,
      nullable: true,
      description: 'Why it was ended before its time.',
    }),
  }),
});

showNodes('Session', (session, viewer) => session.userId === viewer?.userId);

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
