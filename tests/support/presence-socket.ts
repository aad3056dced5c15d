import type { ProtocolSocket } from './socket-client.ts';

/** Follows the presence of users over a socket. */
export function followOver(socket: ProtocolSocket, userIds: string[], operationId: string): void {
  const query =
    'subscription ($userIds: [ID!]!) { presenceChanged(userIds: $userIds) { userId status user { id } } }';
  socket.send({ type: 'subscribe', id: operationId, payload: { query, variables: { userIds } } });
}

/** Waits for what is told next; answers the status, and of whom. */
export async function nextOver(
  socket: ProtocolSocket,
  operationId: string,
): Promise<{ userId: string; status: string; user: { id: string } | null }> {
  const message = await socket.nextOf(operationId);
  const { data } = Object(message.payload);
  if (!data?.presenceChanged) throw new Error(`Told was ${JSON.stringify(message)}`);
  return data.presenceChanged;
}
