import type { CaughtUp, Heartbeat, StreamGap } from '../platform/event-log/stream-entries.ts';
import type { AuthExpiring } from './auth-expiring.ts';
import { builder } from './builder.ts';
import { EventEnvelope } from './event-types.ts';
import { sharedBy } from './shared-by.ts';

const toldSoFar = {
  ...sharedBy(),
  type: 'EventCursor',
  description: 'Everything up to here has been told; good for `after`.',
} as const;

const StreamCaughtUpType = builder.objectRef<CaughtUp>('StreamCaughtUp').implement({
  description:
    'What was missed has been told; what follows happens now. Comes once, at first where there was nothing to tell.',
  authScopes: { signedIn: true },
  ...sharedBy(),
  fields: (t) => ({
    cursor: t.expose('cursor', toldSoFar),
  }),
});

const GapReasonEnum = builder.enumType('GapReason', {
  description: 'Why events are missing.',
  values: {
    RETENTION_EXCEEDED: { description: 'They are older than what is kept.' },
    SLOW_CONSUMER: { description: 'More happened than the reader took in time.' },
    LOG_RESET: { description: 'The cursor is of another log: a backup was restored.' },
  } as const,
});

/** Events that a reader cannot have any more. */
export const StreamGapType = builder.objectRef<StreamGap>('StreamGap').implement({
  description: 'Events are missing here: fetch anew what was known, rather than assume.',
  authScopes: { signedIn: true },
  ...sharedBy(),
  fields: (t) => ({
    from: t.expose('from', {
      ...sharedBy(),
      type: 'EventCursor',
      description: 'The last place that the reader had come to.',
    }),
    resumedAt: t.expose('resumedAt', {
      ...sharedBy(),
      type: 'EventCursor',
      description: 'Everything up to and with this place counts as missed; good for `after`.',
    }),
    reason: t.expose('reason', { ...sharedBy(), type: GapReasonEnum, description: 'Why.' }),
  }),
});

const StreamHeartbeatType = builder.objectRef<Heartbeat>('StreamHeartbeat').implement({
  description:
    'There was nothing to tell for 30 seconds. Keep its cursor, so that it does not grow older than what is kept.',
  authScopes: { signedIn: true },
  ...sharedBy(),
  fields: (t) => ({
    cursor: t.expose('cursor', toldSoFar),
    at: t.expose('at', {
      ...sharedBy(),
      type: 'DateTime',
      description: 'When, by the clock of the server.',
    }),
  }),
});

const StreamAuthExpiringType = builder.objectRef<AuthExpiring>('StreamAuthExpiring').implement({
  description:
    'The token of the connection is about to end: call renewConnection, or over an event stream come back with a fresh token and the last cursor.',
  authScopes: { signedIn: true },
  ...sharedBy(),
  fields: (t) => ({
    expiresAt: t.expose('expiresAt', {
      ...sharedBy(),
      type: 'DateTime',
      description: 'When it ends: the socket is closed then (4403), the event stream completed.',
    }),
  }),
});

/** What a subscription to events tells. */
export const StreamItem = builder.unionType('StreamItem', {
  description: 'What a subscription to events tells, in the order of the log.',
  types: [
    EventEnvelope,
    StreamCaughtUpType,
    StreamGapType,
    StreamHeartbeatType,
    StreamAuthExpiringType,
  ],
  resolveType: ({ kind }) => streamItems[kind],
});

const streamItems = {
  event: EventEnvelope,
  'caught-up': StreamCaughtUpType,
  gap: StreamGapType,
  heartbeat: StreamHeartbeatType,
  'auth-expiring': StreamAuthExpiringType,
} as const;
