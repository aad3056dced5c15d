import type { ProtocolSocket } from './socket-client.ts';
import { UserStream } from './user-stream.ts';

/** Reads where the log ends by now, whether the instance has read as far or not. */
export async function readEndOfLog(socket: ProtocolSocket): Promise<string> {
  const { data } = await socket.askOnce('{ events(topics: []) { cursor } }');
  return (data as { events: { cursor: string } }).events.cursor;
}

/** Follows an account from the end of the log, and waits until the stream is live. */
export async function followOn(
  socket: ProtocolSocket,
  userId: string,
  operationId: string,
): Promise<void> {
  const variables = { id: userId, after: await readEndOfLog(socket) };
  const payload = { query: UserStream.toString(), variables };
  socket.send({ type: 'subscribe', id: operationId, payload });
  let said = JSON.stringify(await socket.nextOf(operationId));
  // Of a token that ends within a minute this is told first.
  if (said.includes('StreamAuthExpiring')) said = JSON.stringify(await socket.nextOf(operationId));
  if (!said.includes('StreamCaughtUp')) throw new Error(`The stream is not live: ${said}`);
}
