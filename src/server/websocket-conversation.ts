import { randomUUID } from 'node:crypto';
import type { GraphQLError } from 'graphql';
import type { Call } from '../graphql/call.ts';
import type { Caller, Identity } from '../graphql/caller.ts';
import type { HeldCallers } from '../graphql/held-callers.ts';
import type { Enveloped } from '../graphql/prepare-operation.ts';
import type { RunOperation } from '../graphql/run-operation.ts';
import { isStream, isTransient } from '../graphql/stream-answers.ts';
import { noCookies } from '../graphql/token-cookies.ts';
import { describeFault } from '../platform/fault.ts';
import type { MaybeLater } from '../platform/maybe-later.ts';
import { pickParameters } from './request-parameters.ts';
import { type SocketEnding, socketEndings } from './websocket-close-codes.ts';
import { holdSocket } from './websocket-holding.ts';
import type { SocketOperation } from './websocket-operations.ts';
import type { Conversation } from './websocket-protocol.ts';

/** What conversations lead to. */
export interface ConversationParts {
  runOperation: RunOperation;
  enveloped(): Enveloped;
  heldCallers: Pick<HeldCallers, 'hold'>;
  /** Makes the handle of whoever opens a connection with that authorization. */
  callerOf(authorization: string | null): Caller;
  /** Counts an opening like an operation: it asks the database, too. Throws when there were too many. */
  chargeClient(ipAddress: string | null): Promise<void>;
}

/** What a conversation may do with its socket. */
export interface ConversationSocket {
  /** Counts an operation until it is over; throws when too many run already. */
  begin(operation: SocketOperation): void;
  /** Sends a message; a promise only where that takes time. */
  send(message: string): MaybeLater<void>;
  /** Closes the socket at once. */
  end(ending: SocketEnding): void;
  /** Closes the socket as soon as no answer is owed. */
  retire(ending: SocketEnding): void;
  /** Settled when the socket closes or is cut off. */
  readonly ended: Promise<unknown>;
}

/** What the log tells of a conversation. */
export interface Tally {
  viewerId: string | null;
  operations: number;
}

/** Holds the conversation of one socket with one caller, for as long as the caller's token lasts. */
export function createConversation(
  { runOperation, enveloped, heldCallers, callerOf, chargeClient }: ConversationParts,
  { send, begin, end, retire, ended }: ConversationSocket,
  call: Call,
  tally: Tally,
): Conversation {
  let caller = callerOf(null);

  function refuse(ending: SocketEnding): false {
    end(ending);
    return false;
  }

  return {
    async open(parameters) {
      const authorization = authorizationIn(parameters);
      if (authorization === undefined) return refuse(socketEndings.badRequest);
      caller = callerOf(authorization);
      const isWithinLimit = await chargeClient(call.ipAddress).then(
        () => true,
        () => false,
      );
      const identity = isWithinLimit ? await identify(caller, call) : null;
      if (identity === null) return refuse(socketEndings.tryAgainLater);
      if (identity.standing === 'refused') return refuse(socketEndings.unauthorized);
      if (identity.standing === 'expired') return refuse(socketEndings.tokenExpired);
      tally.viewerId = identity.viewer?.userId ?? null;
      const isHeld = holdSocket(heldCallers, caller, { retire, ended });
      return isHeld || refuse(socketEndings.tooManyConnections);
    },
    async run(operation) {
      const request = readRequest(operation, begin);
      if ('errors' in request) return request;
      tally.operations += 1;
      const answer = await runOperation(enveloped(), request, {
        ...call,
        requestId: randomUUID(),
        timings: new Map(),
        caller,
        cookies: noCookies,
        transport: 'websocket',
      });
      // Clients take a stream up again where they come back to.
      if (isStream(answer)) operation.isOwed = false;
      return answer;
    },
    send,
    async heed(operation, refusal) {
      const { errors } = refusal;
      if (!operation.isOwed && isTransient(refusal)) {
        retire(socketEndings.tryAgainLater);
        await ended;
      }
      if (!errors?.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED')) return;
      const identity = await identify(caller, call);
      if (identity === null || identity.standing === 'none') return;
      operation.isOwed = identity.standing === 'refused';
      retire(operation.isOwed ? socketEndings.unauthorized : socketEndings.tokenExpired);
      // Told that its operation is over, the client would not take it up again with a fresh token.
      if (!operation.isOwed) await ended;
    },
  };
}

function readRequest(operation: SocketOperation, begin: (operation: SocketOperation) => void) {
  try {
    begin(operation);
    const { query, variables, operationName } = pickParameters(operation.payload);
    return { query, variables, operationName };
  } catch (error) {
    return { errors: [error as GraphQLError] };
  }
}

/** Asks who calls; null when that cannot be told now. */
async function identify(caller: Caller, { requestId, log }: Call): Promise<Identity | null> {
  try {
    return await caller.identify();
  } catch (error) {
    log.warn({ requestId, fault: describeFault(error) }, 'Who calls over a socket is not known.');
    return null;
  }
}

/**
 * Finds what stands for the Authorization header, in any case, as tools pass headers on that
 * people typed. Null when there is none, undefined when it is no text or there are several.
 */
function authorizationIn(parameters: Record<string, unknown> = {}): string | null | undefined {
  const names = Object.keys(parameters).filter((name) => name.toLowerCase() === 'authorization');
  if (names.length > 1) return undefined;
  const value = parameters[names[0] ?? ''] ?? null;
  return value === null || typeof value === 'string' ? value : undefined;
}
