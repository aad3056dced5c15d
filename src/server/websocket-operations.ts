import { GraphQLError } from 'graphql';

/** One operation of a socket, from the message that asks for it to the last one that answers it. */
export interface SocketOperation {
  /** What the client asks for, unchecked. */
  readonly payload: unknown;
  /** Whether the client may not be left without the answer, as it could not ask for it again. */
  isOwed: boolean;
}

/** The operations of a socket. */
export interface SocketOperations {
  /** Hands a message over when its turn comes; resolves once all that it leads to is sent. */
  receive(message: unknown): Promise<void>;
  /** Counts an operation until it is over; throws when too many run already. */
  begin(operation: SocketOperation): void;
  /** Whether any answer is owed. */
  oweAnswers(): boolean;
}

/** What the message of a client may have. */
type MessageFields = Partial<Record<'type' | 'id' | 'payload', unknown>>;

interface Turn extends SocketOperation {
  /** Whether the client wants no more of it. */
  isLeft: boolean;
  readonly over: PromiseWithResolvers<void>;
}

/** Where a message carries its operation; no JSON has it. */
const carried = Symbol('operation');

/** What clients may send; the library also knows what only servers do. */
const clientTypes: ReadonlySet<unknown> = new Set([
  'connection_init',
  'subscribe',
  'complete',
  'ping',
  'pong',
]);

// It goes along with each answer.
const maxIdLength = 128;

/**
 * Keeps operations apart before the protocol library sees them. It would close the socket over a
 * request that is not whole, lose count of what a client has left before it was answered, and mix
 * up two operations when an id is used again while the first is winding up.
 */
export function createSocketOperations(
  handOver: (message: unknown) => Promise<void>,
  most: number,
): SocketOperations {
  const turns = new Map<string, Turn>();
  const running = new Set<SocketOperation>();

  async function subscribe(id: string, payload: unknown): Promise<void> {
    const former = turns.get(id);
    const turn = { payload, isOwed: true, isLeft: false, over: Promise.withResolvers<void>() };
    // The library refuses an id that is in use.
    if (former && !former.isLeft) return handOver(standIn(id, turn));
    turns.set(id, turn);
    await former?.over.promise;
    try {
      if (!turn.isLeft) await handOver(standIn(id, turn));
    } finally {
      running.delete(turn);
      if (turns.get(id) === turn) turns.delete(id);
      turn.over.resolve();
    }
  }

  return {
    async receive(message) {
      const { type, id, payload }: MessageFields = Object(message);
      if (!clientTypes.has(type)) return handOver(null);
      if (type === 'subscribe') return isUsable(id) ? subscribe(id, payload) : handOver(null);
      const turn = type === 'complete' && isUsable(id) ? turns.get(id) : undefined;
      if (turn) turn.isLeft = true;
      return handOver(message);
    },
    begin(operation) {
      if (running.size >= most) throw tooManyOperations(most);
      running.add(operation);
    },
    oweAnswers: () => turns.values().some(({ isOwed, isLeft }) => isOwed && !isLeft),
  };
}

/** Reads the operation that a message carries which stood in for the client's. */
export function operationOf(payload: object): SocketOperation {
  return (payload as { [carried]: SocketOperation })[carried];
}

/** Makes a message that the library takes for whole, whatever the client's is. */
function standIn(id: string, operation: SocketOperation): object {
  return { type: 'subscribe', id, payload: { query: '', [carried]: operation } };
}

function isUsable(id: unknown): id is string {
  return typeof id === 'string' && id.length > 0 && id.length <= maxIdLength;
}

function tooManyOperations(limit: number): GraphQLError {
  return new GraphQLError('Too many operations run on this socket.', {
    extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit },
  });
}
