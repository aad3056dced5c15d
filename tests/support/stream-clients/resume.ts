import type { Client } from 'graphql-ws';

/** An item of a stream, as far as it says where it leaves its reader: ask for all of these. */
export interface StreamItem {
  __typename: string;
  /** Of `EventEnvelope`. */
  event?: { cursor: string };
  /** Of `StreamCaughtUp` and `StreamHeartbeat`. */
  cursor?: string;
  /** Of `StreamGap`. */
  resumedAt?: string;
}

/** A subscription with `$after`, which its document hands to the field. */
export interface StreamRequest {
  query: string;
  /** `after` is where to go on, such as a cursor that the app has kept. */
  variables?: Record<string, unknown>;
}

/** Why a stream is over for good. */
export interface StreamEnd {
  /** The code of the refusal (`FORBIDDEN`) or of the close (4401); null when neither was told. */
  code: string | number | null;
  /** What was told or thrown; null when the reader has left. */
  cause: unknown;
}

/** A stream that is being followed. */
export interface Following {
  /**
   * What to send as `after` to go on from here, even after a restart of the app. It moves on after
   * `onItem`, which finds the cursor of its item in the item.
   */
  cursor(): string | null;
  leave(): void;
  readonly ended: Promise<StreamEnd>;
}

/** How patient a follower is. */
export interface Patience {
  /** Gives a connection up on which nothing has come for so long; heartbeats come more often. */
  silenceMs?: number;
  /** Milliseconds to wait after so many refusals in a row that will pass. */
  pauseMs?(refusals: number): number;
}

/** More events than can be on their way to a client at a time. */
const remembered = 10_000;

/**
 * Follows a stream through whatever happens to its connection, until it is refused for good or left.
 * Hands each event to `onItem` once, in order; all other items as they come.
 */
export function follow<Item extends StreamItem>(
  client: Pick<Client, 'subscribe' | 'terminate' | 'on'>,
  { query, variables }: StreamRequest,
  onItem: (item: Item) => void,
  { silenceMs, pauseMs = growingPauseMs }: Patience = {},
): Following {
  // The client sends this very object again when it comes back: the cursor is moved inside of it.
  const position: { after: string | null } = { after: null, ...variables };
  const seen = new Set<string>();
  const { promise: ended, resolve } = Promise.withResolvers<StreamEnd>();
  let refusals = 0;
  let unsubscribe = () => {};
  let silence: ReturnType<typeof setTimeout> | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;

  function hear({ data }: { data?: Record<string, Item> | null }): void {
    refusals = 0;
    clearTimeout(silence);
    if (silenceMs !== undefined) silence = setTimeout(() => client.terminate(), silenceMs);
    const [item] = Object.values(data ?? {});
    if (item) take(item);
  }

  function take(item: Item): void {
    const told = item.event?.cursor;
    // Told again, as over a socket that was open before anybody followed.
    if (told !== undefined && seen.has(told)) return;
    // First, so that what it fails to take comes again.
    onItem(item);
    position.after = told ?? item.resumedAt ?? item.cursor ?? position.after;
    if (told === undefined) return;
    const [oldest] = seen.add(told);
    if (oldest !== undefined && seen.size > remembered) seen.delete(oldest);
  }

  function refuse(cause: unknown): void {
    const { code, retryAfterSeconds } = reasonOf(cause);
    if (passing.has(code)) {
      refusals += 1;
      pause = setTimeout(subscribe, pauseMs(refusals) + 1000 * retryAfterSeconds);
    } else end({ code, cause });
  }

  function end(reason: StreamEnd): void {
    forget();
    clearTimeout(silence);
    clearTimeout(pause);
    resolve(reason);
  }

  function subscribe(): void {
    unsubscribe = client.subscribe<Record<string, Item>>(
      { query, variables: position as Record<string, unknown> & typeof position },
      { next: hear, error: refuse, complete: () => end({ code: null, cause: null }) },
    );
  }

  muteClosedSockets(client);
  // What is being opened may take its time.
  const forget = client.on('closed', () => clearTimeout(silence));
  subscribe();
  return {
    cursor: () => position.after,
    leave() {
      unsubscribe();
      end({ code: null, cause: null });
    },
    ended,
  };
}

/** Clients whose sockets are silenced once they are closed. */
const muted = new WeakSet<object>();

/**
 * Some sockets (`ws`, React Native) deliver what still arrives after `close()`, and the client takes it
 * for an answer to what it has sent over the next one: the cursor would pass over what neither has told.
 */
function muteClosedSockets(client: Pick<Client, 'on'>): void {
  if (muted.has(client)) return;
  muted.add(client);
  let current: { onmessage: unknown } | null = null;
  client.on('opened', (socket) => {
    current = socket as { onmessage: unknown };
  });
  client.on('closed', () => {
    if (current !== null) current.onmessage = null;
  });
}

/** What is refused now and may be granted soon. */
const passing = new Set<unknown>(['SERVICE_UNAVAILABLE', 'RATE_LIMITED']);

/** Reads the code out of errors of GraphQL, or out of the close of a socket. */
function reasonOf(cause: unknown) {
  const { code = null, retryAfterSeconds = 0 } =
    (Array.isArray(cause) ? cause[0]?.extensions : cause) ?? {};
  return { code, retryAfterSeconds };
}

/** Half a second and more, up to 15 seconds; chance keeps clients apart. */
function growingPauseMs(refusals: number): number {
  return Math.min(2 ** refusals * 250, 10_000) * (1 + Math.random() / 2);
}
