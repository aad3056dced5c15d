import type { Duplex } from 'node:stream';
import type { Server } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Call } from '../graphql/call.ts';
import { describeFault } from '../platform/fault.ts';
import type { MaybeLater } from '../platform/maybe-later.ts';
import { socketEndings } from './websocket-close-codes.ts';
import { createClosing } from './websocket-closing.ts';
import {
  type ConversationParts,
  createConversation,
  type Tally,
} from './websocket-conversation.ts';
import { startHeartbeat } from './websocket-heartbeat.ts';
import { createSocketOperations } from './websocket-operations.ts';
import type { Conversation } from './websocket-protocol.ts';

/** What connections lead to. */
export interface ConnectionParts extends ConversationParts {
  protocol: Server<Conversation>;
  /** Operations that run on one socket at a time. */
  maxOperations: number;
}

/** Messages besides operations whose handling may go on at a time. */
const spareMessages = 64;
/** Messages besides operations that no client has use for in a second. */
const floodMessages = 500;
/** Answers that a client has not taken in time. */
const floodBytes = 4 * 1024 * 1024;

/** Serves an open socket; answers what closes it so that its client comes back elsewhere. */
export function openConnection(
  webSocket: WebSocket,
  connection: Duplex,
  call: Call,
  parts: ConnectionParts,
): () => void {
  const { requestId, log } = call;
  const openedAt = performance.now();
  const tally: Tally = { viewerId: null, operations: 0 };
  let hear = async (_message: unknown) => {};
  const operations = createSocketOperations((message) => hear(message), parts.maxOperations);
  const closing = createClosing(webSocket, operations.oweAnswers);

  function fail(error: unknown): void {
    log.error({ requestId, fault: describeFault(error) }, 'A message of a socket failed.');
    closing.end(socketEndings.fault);
  }

  let pending = 0;
  const mostPending = parts.maxOperations + spareMessages;
  async function take(message: unknown): Promise<void> {
    pending += 1;
    // Or a client that asks and never reads would fill the memory with answers.
    if (pending >= mostPending) webSocket.pause();
    await operations.receive(message).catch(fail);
    pending -= 1;
    if (webSocket.isPaused && pending < mostPending) webSocket.resume();
    closing.settle();
  }

  let [second, heard] = [0, 0];
  function count(): void {
    const now = Math.floor(performance.now() / 1000);
    heard = now === second ? heard + 1 : 1;
    second = now;
    if (heard > floodMessages) closing.end(socketEndings.tooMuch);
  }

  /** A promise where the text is not on its way at once, and still has somewhere to go. */
  function send(text: string): MaybeLater<void> {
    if (webSocket.bufferedAmount > floodBytes) closing.end(socketEndings.tryAgainLater);
    if (webSocket.readyState !== WebSocket.OPEN) return;
    webSocket.send(text);
    if (webSocket.bufferedAmount > 0) {
      // Of no bytes: it has its turn when all that waits is on its way, or is gone.
      return new Promise((resolve) => connection.write('', () => resolve()));
    }
  }

  const { begin } = operations;
  const leave = parts.protocol.opened(
    {
      protocol: webSocket.protocol,
      send,
      close: (code = socketEndings.fault.code, reason = '') => closing.end({ code, reason }),
      onMessage(listener) {
        hear = (message) => listener(message as string);
      },
      onPing(payload) {
        const pong = pongFor(payload);
        return pong === null ? closing.end(socketEndings.badRequest) : send(pong);
      },
    },
    createConversation(parts, { ...closing, send, begin }, call, tally),
  );
  void closing.ended.then(() => leave().catch(fail));
  webSocket.on('message', (data, isBinary) => {
    if (webSocket.readyState !== WebSocket.OPEN || closing.isRetired()) return;
    count();
    if (isBinary) closing.end(socketEndings.badRequest);
    else void take(parse(String(data)));
  });
  webSocket.on('ping', count).on('pong', count);
  webSocket.once('close', (code) => {
    const durationMs = Math.round(performance.now() - openedAt);
    log.debug({ requestId, ...tally, code: closing.code() ?? code, durationMs }, 'socket');
  });
  startHeartbeat(webSocket);
  return () => closing.retire(socketEndings.serviceRestart);
}

/** Reads JSON; what is none becomes null, which is no message either. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Writes the answer to a ping; null when that is nested more deeply than can be written. */
function pongFor(payload: Record<string, unknown> | null | undefined): string | null {
  try {
    return JSON.stringify({ type: 'pong', ...(payload && { payload }) });
  } catch {
    return null;
  }
}
