import { builder } from '../../graphql/builder.ts';
import { sharedStream } from '../../graphql/shared-by.ts';
import { openIfAllowed } from '../../graphql/stream-guard.ts';
import { StreamItem } from '../../graphql/stream-items.ts';
import { AuditFilterInput, readAuditFilter } from './audit-events.schema.ts';

const readers = { permission: 'audit:read' as const };

builder.subscriptionField('auditEventAppended', (t) =>
  t.field({
    ...sharedStream(['after'], 'permissions'),
    type: StreamItem,
    description:
      'What is written down in the audit trail: first what came after the cursor, then StreamCaughtUp, then what happens. For holders of audit:read.',
    authScopes: readers,
    args: {
      filter: t.arg({
        type: AuditFilterInput,
        description: 'As for `auditEvents`; all events by default.',
      }),
      after: t.arg({
        type: 'EventCursor',
        description:
          'The last place that the caller has seen; now when it is left out. BAD_USER_INPUT for what is no cursor.',
      }),
    },
    subscribe: (_root, { filter, after }, context) =>
      openIfAllowed(context, readers, () =>
        context.services.audit.followEvents(readAuditFilter(filter) ?? null, after ?? null),
      ),
    resolve: (entry) => entry,
  }),
);
