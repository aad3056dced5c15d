import { WebSocket } from 'ws';
import type { SocketEnding } from './websocket-close-codes.ts';

/** How a socket comes to its end. */
export interface SocketClosing {
  /** Closes it at once. */
  end(ending: SocketEnding): void;
  /** Hears nothing more, and closes as soon as no answer is owed, or when that takes too long. */
  retire(ending: SocketEnding): void;
  /** Closes a retired socket if no answer is owed any more. */
  settle(): void;
  isRetired(): boolean;
  /** Resolves when it closes or is gone, whoever brought that about. */
  readonly ended: Promise<void>;
  /** The code that the server closed it with; null when it did not. */
  code(): number | null;
}

/** How long a retired socket may owe answers, and how long its client may take to agree. */
const answerGraceMs = 2_000;
const agreementGraceMs = 5_000;
const maxReasonBytes = 123;

/** Watches over the end of a socket. */
export function createClosing(webSocket: WebSocket, owesAnswers: () => boolean): SocketClosing {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let retirement: SocketEnding | null = null;
  let closedWith: number | null = null;

  function end({ code, reason }: SocketEnding): void {
    if (webSocket.readyState !== WebSocket.OPEN) return;
    closedWith = code;
    webSocket.close(code, Buffer.byteLength(reason) > maxReasonBytes ? '' : reason);
    // To hear that the client agrees; what it says besides is dropped.
    webSocket.resume();
    const cut = setTimeout(() => webSocket.terminate(), agreementGraceMs).unref();
    webSocket.once('close', () => clearTimeout(cut));
    resolve();
  }
  function settle(): void {
    if (retirement !== null && !owesAnswers()) end(retirement);
  }

  // Of an error, which the library closes with a code of its own, the end may be long in coming.
  webSocket.on('error', () => resolve()).once('close', () => resolve());
  return {
    end,
    retire(ending) {
      const first = retirement ?? ending;
      retirement = first;
      settle();
      setTimeout(() => end(first), answerGraceMs).unref();
    },
    settle,
    isRetired: () => retirement !== null,
    ended,
    code: () => closedWith,
  };
}
