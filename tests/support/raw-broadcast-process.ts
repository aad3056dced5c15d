// Run as a process of its own: `node raw-broadcast-process.ts`. A bare WebSocket server that sends each
// message that it gets to every socket, as it came; prints where it listens.
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const text = String(data);
    for (const client of server.clients) client.send(text);
  });
});
server.on('listening', () => {
  console.log(`ws://127.0.0.1:${(server.address() as AddressInfo).port} ${process.pid}`);
});
