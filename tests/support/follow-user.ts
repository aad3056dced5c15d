const query = `
  subscription FollowUser($id: ID!, $after: EventCursor) {
    userChanged(id: $id, after: $after) {
      __typename
      ... on EventEnvelope {
        event { cursor ... on UserChanged { change changedFields user { displayName } } }
      }
      ... on StreamCaughtUp { cursor }
      ... on StreamGap { resumedAt reason }
      ... on StreamHeartbeat { cursor }
    }
  }
`;

type Item =
  | { __typename: 'EventEnvelope'; event: { cursor: string; change: string } }
  | { __typename: 'StreamCaughtUp' | 'StreamHeartbeat'; cursor: string }
  | { __typename: 'StreamGap'; resumedAt: string; reason: string }
  | { __typename: 'StreamAuthExpiring' };

interface Answer {
  data?: { userChanged: Item } | null;
  errors?: readonly { extensions?: { code?: unknown } }[];
}

interface Client {
  subscribe(
    request: { query: string; variables: Record<string, unknown> },
    sink: { next(answer: object): void; error(cause: unknown): void; complete(): void },
  ): () => void;
}

/**
 * Follows an account until the server refuses it, and answers the code of the refusal. The client
 * connects again by itself, and sends `position` again, which is where the reader has come to.
 */
export function followUser(
  client: Client,
  position: { id: string; after: string | null },
  onItem: (item: Item) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let refusal: unknown;
    client.subscribe(
      { query, variables: position },
      {
        next({ data, errors }: Answer) {
          refusal = errors?.[0]?.extensions?.code;
          if (!data) return;
          position.after = cursorOf(data.userChanged) ?? position.after;
          onItem(data.userChanged);
        },
        error(cause) {
          // Over WebSocket, what is refused before it begins.
          if (Array.isArray(cause)) resolve(cause[0]?.extensions?.code);
          else reject(cause);
        },
        complete: () => resolve(refusal),
      },
    );
  });
}

function cursorOf(item: Item): string | null {
  if (item.__typename === 'StreamAuthExpiring') return null;
  if (item.__typename === 'EventEnvelope') return item.event.cursor;
  return item.__typename === 'StreamGap' ? item.resumedAt : item.cursor;
}
