import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as the server took it. */
export interface ReceivedMail {
  from: string;
  recipients: string[];
  /** Header fields and body, as sent. */
  source: string;
}

/** A real SMTP server on a loopback port. */
export interface TestSmtpServer {
  port: number;
  url: string;
  mails: ReceivedMail[];
  /** Resolves with the first mails once there are that many. */
  received(count: number): Promise<ReceivedMail[]>;
  close(): Promise<void>;
}

/** What the server refuses: answers a reply such as `550 No such user`, or null to accept. */
export interface Refusals {
  recipient?: (address: string) => string | null;
  content?: (source: string) => string | null;
}

/** Starts a server that takes every mail but those refused. */
export async function startSmtpServer(
  refusals: Refusals = {},
  options: SMTPServerOptions = {},
): Promise<TestSmtpServer> {
  const mails: ReceivedMail[] = [];
  const arrivals = new EventTarget();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, callback) =>
      callback(asError(refusals.recipient?.(address) ?? null)),
    async onData(stream, session, callback) {
      const source = await text(stream).catch(() => null);
      if (source === null) return callback(asError('451 The connection was cut'));
      const refusal = asError(refusals.content?.(source) ?? null);
      if (refusal) return callback(refusal);
      const { mailFrom, rcptTo } = session.envelope;
      mails.push({
        from: mailFrom ? mailFrom.address : '',
        recipients: rcptTo.map(({ address }) => address),
        source,
      });
      arrivals.dispatchEvent(new Event('mail'));
      callback();
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails,
    async received(count) {
      while (mails.length < count) await once(arrivals, 'mail');
      return mails.slice(0, count);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function asError(reply: string | null): Error | null {
  if (reply === null) return null;
  const [code, ...words] = reply.split(' ');
  return Object.assign(new Error(words.join(' ')), { responseCode: Number(code) });
}

/** Something that listens on a loopback port. */
export interface TestPort {
  port: number;
  close(): Promise<void>;
}

/** Starts a server that accepts connections and never says a word. */
export function startSilentServer(): Promise<TestPort> {
  return listenWith(() => {});
}

/** When a connection is cut: as the content comes in, or with the server's word that it took it. */
export type Cut = 'before content' | 'before acceptance';

/** Starts a way to the server on which the first connections are cut, each at the given moment. */
export function startCuttingProxy(port: number, cuts: Cut[]): Promise<TestPort> {
  const pending = [...cuts];
  return listenWith((near) => {
    const cut = pending.shift();
    const far = connect(port, '127.0.0.1');
    let inContent = false;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    near.on('data', (bytes) => {
      if (inContent && cut === 'before content') return end();
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (inContent && cut === 'before acceptance') return end();
      // Answers to pipelined commands come together.
      if (/^354 /m.test(bytes.toString())) inContent = true;
      near.write(bytes);
    });
  });
}

async function listenWith(onConnection: (socket: Socket) => void): Promise<TestPort> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
