import type { UserStreamSubscription } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { type LiveAnswers, subscribe } from './live-answers.ts';
import type { Person } from './people.ts';
import { ask } from './request.ts';
import type { TestApp } from './test-app.ts';

/** Follows one account. */
export const UserStream = graphql(`
  subscription UserStream($id: ID!, $after: EventCursor) {
    userChanged(id: $id, after: $after) {
      __typename
      ... on EventEnvelope {
        topic
        replayed
        event {
          cursor
          ... on UserChanged { change changedFields userId user { id displayName } }
        }
      }
      ... on StreamCaughtUp { cursor }
      ... on StreamGap { from resumedAt reason }
    }
  }
`);

const EndOfLog = graphql(`
  query EndOfLog { events(topics: []) { cursor } }
`);
const Rename = graphql(`
  mutation RenamePerson($name: String!) {
    updateProfile(input: { displayName: $name }) { __typename }
  }
`);

/** An account that is being followed. */
export type UserStream = LiveAnswers<UserStreamSubscription>;

/** Follows the user with that global id, from now on or after a cursor. */
export const followUser = (
  testApp: Pick<TestApp, 'app'>,
  id: string,
  viewer: Person | undefined,
  after: string | null = null,
): Promise<UserStream> => subscribe(testApp, UserStream, { id, after }, viewer);

/** Follows from where the log ends by now, whether the instance has read as far or not. */
export async function followUserOn(
  testApp: Pick<TestApp, 'app'>,
  id: string,
  viewer: Person,
): Promise<UserStream> {
  const { events } = await ask(testApp, EndOfLog, {}, viewer);
  return followUser(testApp, id, viewer, events?.cursor);
}

/**
 * Waits until the instance itself has read the log: what emptied the tables took away the row that
 * its tail had come to, of which it would tell those who follow from now on.
 */
export async function settle(testApp: Pick<TestApp, 'app'>, person: Person): Promise<void> {
  const stream = await followUserOn(testApp, person.id, person);
  await readItem(stream);
  await rename(testApp, person, person.displayName);
  await readItem(stream);
  await stream.leave();
}

/** Waits for the next item but a heartbeat, which a slow machine may hear; as it was sent. */
export async function nextItem(stream: UserStream) {
  for (;;) {
    const { userChanged } = await stream.nextData();
    if (userChanged.__typename !== 'StreamHeartbeat') return userChanged;
  }
}

/** Waits for the next item; answers the cursor that it leaves the reader with, and it in short. */
export async function readItem(stream: UserStream): Promise<{ cursor: string; says: string }> {
  const item = await nextItem(stream);
  if (item.__typename === 'StreamCaughtUp') return { cursor: item.cursor, says: 'caught up' };
  if (item.__typename === 'StreamAuthExpiring') return { cursor: '', says: 'token ends' };
  if (item.__typename === 'StreamGap') return { cursor: item.resumedAt, says: item.reason };
  const change = 'change' in item.event ? item.event.change : 'something else';
  return { cursor: item.event.cursor, says: item.replayed ? `old ${change}` : change };
}

/** Changes the display name of somebody. */
export const rename = (testApp: Pick<TestApp, 'app'>, person: Person, name: string) =>
  ask(testApp, Rename, { name }, person);
