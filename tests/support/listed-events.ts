import type { EventsQueryVariables } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import type { Person } from './people.ts';
import { ask } from './request.ts';
import type { TestApp } from './test-app.ts';

/** Lists events in full. */
export const Events = graphql(`
  query Events($after: EventCursor, $topics: [EventTopic!], $limit: Int) {
    events(after: $after, topics: $topics, limit: $limit) {
      items {
        topic
        replayed
        event {
          __typename
          id
          cursor
          occurredAt
          ... on UserChanged { change user { id displayName } userId changedFields }
          ... on SessionRevoked { sessionId reason }
          ... on SecurityNotice { kind session { id } }
          ... on RoleChanged { change roleId role { id key } }
          ... on AuditEventAppended { auditEvent { id action cursor } }
        }
      }
      cursor
      hasMore
      gap { from resumedAt reason }
    }
  }
`);
/** Lists events that a viewer may see. */
export async function listEvents(
  testApp: Pick<TestApp, 'app'>,
  viewer: Person,
  variables: EventsQueryVariables = {},
) {
  const { events } = await ask(testApp, Events, variables, viewer);
  if (!events) throw new Error('There is no page.');
  return events;
}
