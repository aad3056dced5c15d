// Forked: opens the sockets that its first message asks for and says so; then, for each `part`, sends
// back the text that the first of them was sent once all were sent one with it.
import { once } from 'node:events';
import { WebSocket } from 'ws';

interface Asked {
  url: string;
  count: number;
  greetings: object[][];
}

const openingAtOnce = 100;

const [{ url, count, greetings }] = (await once(process, 'message')) as [Asked];
const sockets: WebSocket[] = [];
while (sockets.length < count) {
  const batch = Math.min(openingAtOnce, count - sockets.length);
  const indices = Array.from({ length: batch }, (_, index) => sockets.length + index);
  sockets.push(...(await Promise.all(indices.map(open))));
}

let part: string | null = null;
let told = 0;
for (const socket of sockets) {
  socket.on('message', (data) => {
    const text = String(data);
    if (part === null || !text.includes(part)) return;
    told += 1;
    if (told === count) process.send?.(text);
  });
  socket.on('close', (code) => {
    throw new Error(`A socket was closed with ${code}.`);
  });
}
process.on('message', (asked: { part?: string; say?: string }) => {
  if (asked.say !== undefined) return sockets[0]?.send(asked.say);
  part = asked.part ?? null;
  told = 0;
});
process.on('disconnect', () => process.exit());
process.send?.('open');

async function open(index: number): Promise<WebSocket> {
  const socket = new WebSocket(url, ['graphql-transport-ws'], { perMessageDeflate: false });
  await once(socket, 'open');
  for (const message of greetings[index % greetings.length] ?? []) {
    const answered = once(socket, 'message');
    socket.send(JSON.stringify(message));
    await Promise.race([answered, refused(socket)]);
  }
  return socket;
}

async function refused(socket: WebSocket): Promise<never> {
  const [code, reason] = await once(socket, 'close');
  throw new Error(`A socket was closed with ${code} ${reason}.`);
}
