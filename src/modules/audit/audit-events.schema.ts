import { queryFromInfo } from '@pothos/plugin-prisma';
import { builder } from '../../graphql/builder.ts';
import { DateRangeInput } from '../../graphql/date-range.ts';
import { statementComplexity } from '../../graphql/field-complexity.ts';
import { UserReference } from '../../graphql/references.ts';
import { actionsRule, ipAddressRule } from './audit.rules.ts';
import { AuditEvent } from './audit.schema.ts';

/** Which events of the trail are wanted. */
export const AuditFilterInput = builder.inputType('AuditFilter', {
  description: 'Which events of the audit trail are wanted; each part that is given must hold.',
  fields: (t) => ({
    actions: t.stringList({
      validate: actionsRule,
      description: 'Any of these acts, by exact name, e.g. "session.started"; 1 to 20.',
    }),
    actorId: t.globalID({ for: UserReference, description: 'Acts of this user.' }),
    targetId: t.globalID({ description: 'Acts on this object.' }),
    ipAddress: t.string({
      validate: ipAddressRule,
      description: 'From this address, written as events show it; erased ones are not found.',
    }),
    occurredAt: t.field({ type: DateRangeInput, description: 'When.' }),
  }),
});

/** Reads the ids in a filter; null when there is none. */
export function readAuditFilter(filter: typeof AuditFilterInput.$inferInput | null | undefined) {
  return filter && { ...filter, actorId: filter.actorId?.id, targetId: filter.targetId?.id };
}

const connectionOptions = {
  name: 'AuditEventConnection',
  description: 'One page of the audit trail.',
};
const edgeOptions = {
  name: 'AuditEventEdge',
  description: 'An event of the audit trail in a list, and where it stands in it.',
};
const AuditEventEdge = builder.edgeObject({ type: AuditEvent, ...edgeOptions });
const AuditEventConnection = builder.connectionObject(
  { type: AuditEvent, ...connectionOptions },
  AuditEventEdge,
);

const paths = [['nodes'], ['edges', 'node']];

builder.queryField('auditEvents', (t) =>
  t.connection(
    {
      type: AuditEvent,
      nullable: true,
      authScopes: { permission: 'audit:read' },
      description:
        'The audit trail, newest first, by keyset. 1 to 100 a page, 20 by default; more, and a filter that breaks its rules, is refused with BAD_USER_INPUT. For holders of audit:read.',
      args: { filter: t.arg({ type: AuditFilterInput, description: 'All events by default.' }) },
      resolve: (_root, { filter, ...page }, context, info) =>
        context.services.audit.listEvents(
          readAuditFilter(filter) ?? {},
          page,
          queryFromInfo({ context, info, include: {}, paths }),
        ),
    },
    AuditEventConnection,
    AuditEventEdge,
  ),
);

builder.prismaObjectFields('User', (t) => ({
  auditEvents: t.connection(
    {
      type: AuditEvent,
      complexity: { field: statementComplexity },
      authScopes: { permission: 'audit:read' },
      description:
        'What they did and what was done to their account, newest first, by keyset. 1 to 100 a page, 20 by default; more is refused with BAD_USER_INPUT. For holders of audit:read.',
      resolve: ({ id }, page, context, info) =>
        context.services.audit.listEvents(
          { about: id },
          page,
          queryFromInfo({ context, info, include: {}, paths }),
        ),
    },
    AuditEventConnection,
    AuditEventEdge,
  ),
}));
