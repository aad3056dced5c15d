import type { AuditFilter, AuditStreamSubscription } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { listEvents } from './listed-events.ts';
import { type LiveAnswers, subscribe } from './live-answers.ts';
import type { Person } from './people.ts';
import type { TestApp } from './test-app.ts';

/** Follows the audit trail. */
export const AuditStream = graphql(`
  subscription AuditStream($filter: AuditFilter, $after: EventCursor) {
    auditEventAppended(filter: $filter, after: $after) {
      __typename
      ... on EventEnvelope {
        topic
        replayed
        event { id cursor ... on AuditEventAppended { auditEvent { id action targetId cursor } } }
      }
      ... on StreamCaughtUp { cursor }
      ... on StreamHeartbeat { cursor }
    }
  }
`);

/** The audit trail that is being followed. */
export type AuditStream = LiveAnswers<AuditStreamSubscription>;

/** Follows it after a cursor; where the log ends by now without one. */
export async function followAudit(
  testApp: Pick<TestApp, 'app'>,
  viewer: Person,
  { filter = null, after }: { filter?: AuditFilter | null; after?: string } = {},
): Promise<AuditStream> {
  const cursor = after ?? (await listEvents(testApp, viewer, { topics: [] })).cursor;
  return subscribe(testApp, AuditStream, { filter, after: cursor }, viewer);
}

/** Waits for the next event, passing over what is none. */
export async function nextAudit(stream: AuditStream) {
  for (;;) {
    const item = (await stream.nextData()).auditEventAppended;
    if (item.__typename !== 'EventEnvelope') continue;
    if (!('auditEvent' in item.event)) throw new Error('It tells of something else.');
    return { ...item, event: item.event };
  }
}

/** Reads the names of the next acts. */
export async function nextActions(stream: AuditStream, count: number): Promise<unknown[]> {
  const actions: unknown[] = [];
  while (actions.length < count) actions.push((await nextAudit(stream)).event.auditEvent?.action);
  return actions;
}
