import { WebSocket } from 'ws';

const beatMs = 12_000;

/**
 * Cuts a socket off whose other end has said nothing since it was asked, a beat ago, whether it is
 * there; and one that was closed in a beat before and is still not gone.
 */
export function startHeartbeat(webSocket: WebSocket, everyMs: number = beatMs): void {
  let isHeard = true;
  const hear = () => {
    isHeard = true;
  };
  const beat = setInterval(() => {
    if (!isHeard || webSocket.readyState !== WebSocket.OPEN) return webSocket.terminate();
    isHeard = false;
    webSocket.ping();
  }, everyMs).unref();
  webSocket.on('pong', hear).on('message', hear);
  webSocket.once('close', () => clearInterval(beat));
}
