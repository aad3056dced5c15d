import { builder } from '../../graphql/builder.ts';
import { showNodes } from '../../graphql/node-visibility.ts';
import { sharedBy } from '../../graphql/shared-by.ts';
import { isAuditVisible, targetOf, toHex } from './audit.service.ts';

/** An entry of the audit trail. */
export const AuditEvent = builder.prismaNode('AuditEvent', {
  id: { ...sharedBy(), field: 'id', description: 'Opaque; good for `node`. Ids sort by time.' },
  nullable: true,
  description:
    'An act that matters to security, as it was written down along with it. Never changed; for holders of audit:read.',
  ...sharedBy('permissions'),
  authScopes: { permission: 'audit:read' },
  fields: (t) => ({
    action: t.exposeString('action', {
      ...sharedBy(),
      description: 'What was done, e.g. "session.started"; docs/guides/audit-log.md lists them.',
    }),
    actor: t.prismaField({
      type: 'User',
      nullable: true,
      description:
        'Who did it; null for strangers, for the server itself and for users who are gone or whom the viewer may not see.',
      // Copied, for Pothos takes a query that nobody read for a mistake, and a stranger's is not.
      resolve: ({ ...query }, { actorId }, _args, { services, viewer }) =>
        actorId === null ? null : services.users.findVisible(viewer, actorId, query),
    }),
    targetId: t.globalID({
      ...sharedBy(),
      nullable: true,
      description:
        'What it was done to; good for `node` as long as the viewer may see it. Null for acts without a target, and where it is something that no query answers with.',
      resolve: targetOf,
    }),
    ipAddress: t.string({
      ...sharedBy(),
      nullable: true,
      description:
        'Where the request came from, as the trusted proxies report it; null for the server itself and once erased.',
      select: { origin: { select: { ipAddress: true } } },
      resolve: ({ origin }) => origin?.ipAddress,
    }),
    userAgent: t.string({
      ...sharedBy(),
      nullable: true,
      description: 'What the client called itself; null where it did not, and once erased.',
      select: { origin: { select: { userAgent: true } } },
      resolve: ({ origin }) => origin?.userAgent,
    }),
    requestId: t.exposeString('requestId', {
      ...sharedBy(),
      description: 'Id of the request, as in the log and the answer; "server/…" for the server.',
    }),
    metadata: t.expose('metadata', {
      ...sharedBy(),
      type: 'JSON',
      nullable: true,
      description: 'What else there is to say of such an act; never a secret or personal data.',
    }),
    occurredAt: t.expose('occurredAt', { ...sharedBy(), type: 'DateTime', description: 'When.' }),
    cursor: t.field({
      ...sharedBy(),
      type: 'EventCursor',
      nullable: true,
      description:
        'Where the log of events tells of it; good for `after`. Null once the log does not hold it any more, and for the moment in which others may be written before it. Whoever lists first and follows then may miss what was written down in between: follow first.',
      resolve: ({ id }, _args, { services }) => services.events.findCursor(id),
    }),
    previousHash: t.string({
      ...sharedBy(),
      nullable: true,
      description:
        'Hash of the link before, in hex; zeros for the first. Null until the event is linked.',
      select: { link: { select: { position: true } } },
      resolve: ({ link }, _args, { services }) =>
        link && services.audit.findHashBefore(link.position),
    }),
    hash: t.string({
      ...sharedBy(),
      nullable: true,
      description:
        'SHA-256 over the link before and this event, in hex: its link in the chain. Null until it is linked, some seconds after it happened.',
      select: { link: { select: { hash: true } } },
      resolve: ({ link }) => link && toHex(link.hash),
    }),
  }),
});

showNodes('AuditEvent', isAuditVisible);
