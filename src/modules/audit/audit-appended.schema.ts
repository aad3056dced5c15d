import { builder } from '../../graphql/builder.ts';
import { EventInterface } from '../../graphql/event-types.ts';
import { sharedBy, sharedEvent } from '../../graphql/shared-by.ts';
import { AuditEvent } from './audit.schema.ts';

builder.objectRef<typeof EventInterface.$inferType>('AuditEventAppended').implement({
  interfaces: [EventInterface],
  description:
    'Something was written down in the audit trail, along with the change itself. For holders of audit:read.',
  authScopes: { permission: 'audit:read' },
  ...sharedEvent(() => [], 'permissions'),
  fields: (t) => ({
    auditEvent: t.prismaField({
      ...sharedBy(),
      type: AuditEvent,
      nullable: true,
      description: 'What was written down; null when it is gone.',
      resolve: ({ ...query }, { id }, _args, { services }) => services.audit.findEvent(id, query),
    }),
  }),
});
