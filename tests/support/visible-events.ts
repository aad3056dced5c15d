import type {
  VisibleEventsSubscription,
  VisibleEventsSubscriptionVariables,
} from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { listEvents } from './listed-events.ts';
import { type LiveAnswers, subscribe } from './live-answers.ts';
import type { Person } from './people.ts';
import type { TestApp } from './test-app.ts';

/** Follows everything that the viewer may see. */
export const VisibleEvents = graphql(`
  subscription VisibleEvents($topics: [EventTopic!], $after: EventCursor) {
    events(topics: $topics, after: $after) {
      __typename
      ... on EventEnvelope {
        topic
        replayed
        event {
          __typename
          id
          cursor
          ... on UserChanged { change changedFields userId }
          ... on SessionRevoked { sessionId reason }
          ... on SecurityNotice { kind session { id } }
          ... on RoleChanged { change roleId role { id key } }
          ... on AuditEventAppended { auditEvent { id action } }
        }
      }
      ... on StreamCaughtUp { cursor }
      ... on StreamGap { from resumedAt reason }
      ... on StreamHeartbeat { cursor at }
    }
  }
`);

/** Everything that somebody may see, being followed. */
export type VisibleEvents = LiveAnswers<VisibleEventsSubscription>;

/** An item of it. */
export type VisibleItem = VisibleEventsSubscription['events'];

/** Follows it after a cursor; where the log ends by now without one. */
export async function followVisible(
  testApp: Pick<TestApp, 'app'>,
  viewer: Person,
  { topics = null, after }: VisibleEventsSubscriptionVariables = {},
): Promise<VisibleEvents> {
  const cursor = after ?? (await listEvents(testApp, viewer, { topics: [] })).cursor;
  return subscribe(testApp, VisibleEvents, { topics, after: cursor }, viewer);
}

/** Waits for the next item, as it was sent. */
export const nextVisible = async (stream: VisibleEvents): Promise<VisibleItem> =>
  (await stream.nextData()).events;

/** Reads events until so many have come, passing over what is none. */
export async function nextEvents(stream: VisibleEvents, count: number) {
  const found = [];
  while (found.length < count) {
    const item = await nextVisible(stream);
    if (item.__typename === 'EventEnvelope') found.push(item);
  }
  return found;
}
