import type { Session } from '../clients/session.ts';
import { createSocketClient } from '../clients/web-socket.ts';
import { renew } from './renewal.ts';
import { type Following, follow } from './resume.ts';

const query = `
  subscription Changes($after: EventCursor) {
    events(topics: [USER, SESSION], after: $after) {
      __typename
      ... on EventEnvelope {
        event {
          __typename
          id
          cursor
          ... on UserChanged { change changedFields user { id displayName } }
          ... on SessionRevoked { sessionId reason }
        }
      }
      ... on StreamCaughtUp { cursor }
      ... on StreamGap { resumedAt reason }
      ... on StreamHeartbeat { cursor }
      ... on StreamAuthExpiring { expiresAt }
    }
  }
`;

/** An event as it is asked for above. */
export interface Change {
  __typename: string;
  id: string;
  /** Where to go on once this is applied: keep it along with what came of it. */
  cursor: string;
  user?: { id: string; displayName: string } | null;
}

type Item =
  | { __typename: 'EventEnvelope'; event: Change }
  | { __typename: 'StreamCaughtUp' | 'StreamHeartbeat'; cursor: string }
  | { __typename: 'StreamGap'; resumedAt: string }
  | { __typename: 'StreamAuthExpiring' };

/** What shows the data. */
export interface Screen {
  apply(change: Change): void;
  /** Some changes are missing: loads everything, and keeps the cursor with it. */
  loadAnew(cursor: string): void;
  /** All that was missed has been applied; keeps the cursor. */
  upToDate(cursor: string): void;
  /** Nothing comes any more: 4401, `UNAUTHENTICATED` and null ask for a sign-in, others are shown. */
  ended(code: string | number | null): void;
}

/** Keeps a screen up to date from a cursor on; leave it when the screen is closed. */
export function keepUpToDate(
  url: string,
  session: Session,
  after: string | null,
  screen: Screen,
): Following {
  const client = createSocketClient(url, session);
  const following = follow<Item>(
    client,
    { query, variables: { after } },
    (item) => {
      if (item.__typename === 'EventEnvelope') screen.apply(item.event);
      else if (item.__typename === 'StreamCaughtUp') screen.upToDate(item.cursor);
      else if (item.__typename === 'StreamGap') screen.loadAnew(item.resumedAt);
      else if (item.__typename === 'StreamAuthExpiring') void renew(client, url, session);
    },
    { silenceMs: 75_000 },
  );
  void following.ended.then(({ code, cause }) => {
    void client.dispose();
    if (cause !== null) screen.ended(code);
  });
  return following;
}
