import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { useAttackedApp } from '../support/attacked-app.ts';
import { drawPicture } from '../support/pictures.ts';
import { socketsTaken } from '../support/server-sockets.ts';
import { writeUpload } from '../support/upload.ts';

const mebibyte = 1_048_576;
const app = useAttackedApp({ UPLOAD_MAX_BYTES: String(mebibyte) });

const query = `mutation ($file: File!) {
  uploadAvatar(file: $file) { __typename ... on Error { message } ... on RateLimitedError { scope } }
}`;
const tooLarge = { __typename: 'UploadRejectedError', message: 'The file is too large.' };

async function upload(content: Uint8Array): Promise<unknown> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { authorization: app.authorization },
    body: writeUpload(query, content),
  });
  const { data, errors } = (await response.json()) as { data?: object; errors?: unknown };
  return errors ?? Object(data).uploadAvatar;
}

/** Begins an upload by hand, and promises a file of so many bytes. */
async function begin(fileBytes: number, more: Record<string, string> = {}): Promise<Socket> {
  const field = (name: string, content: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`;
  const start = [
    field('operations', JSON.stringify({ query, variables: { file: null } })),
    field('map', '{"0":["variables.file"]}'),
    '--x\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\n',
  ].join('');
  const headers = {
    host: new URL(app.url).host,
    'content-type': 'multipart/form-data; boundary=x',
    'content-length': String(start.length + fileBytes),
    authorization: app.authorization,
    ...more,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  // The server cuts it off.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.resume();
  socket.write(`POST /graphql HTTP/1.1\r\n${lines.join('')}\r\n${start}`);
  return socket;
}

/** Waits for the end of a connection, whatever brings it about. */
async function closed(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('close', () => resolve());
  if (!socket.closed) await promise;
}

/** Goes on sending until the other side hangs up. */
async function flood(socket: Socket): Promise<void> {
  const piece = Buffer.alloc(65_536);
  const send = () => {
    while (socket.writable && socket.write(piece));
  };
  socket.on('drain', send);
  send();
  await closed(socket);
}

describe('a file that is too large', () => {
  it('is cut, and its sender told: UPLOAD_REJECTED', async () => {
    expect(await upload(Buffer.alloc(20 * mebibyte))).toEqual(tooLarge);
  });

  it('is not read further than it may be', async () => {
    let answer = '';
    const sockets = await socketsTaken(async () => {
      const socket = await begin(1000 * mebibyte);
      socket.on('data', (bytes) => {
        answer += String(bytes);
      });
      await flood(socket);
    });
    expect(answer).toContain('HTTP/1.1 200');
    expect(answer).toContain(tooLarge.message);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(sockets.map(({ bytesRead }) => bytesRead < 2 * mebibyte)).toEqual([true]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a stranger', { authorization: '' }, 'UNAUTHENTICATED'],
    ['somebody whose token does not hold', { authorization: 'Bearer x' }, 'UNAUTHENTICATED'],
    ['a page of another site', { origin: 'https://evil.example.com' }, 'ORIGIN_NOT_ALLOWED'],
    ['whoever wants a stream', { accept: 'text/event-stream' }, 'BAD_REQUEST'],
    ['whoever packs it', { 'content-encoding': 'gzip' }, 'BAD_REQUEST'],
  ])('is not read at all when it comes from %s: %s', async (_description, headers, code) => {
    let answer = '';
    const sockets = await socketsTaken(async () => {
      const socket = await begin(1000 * mebibyte, headers);
      socket.on('data', (bytes) => {
        answer += String(bytes);
      });
      await flood(socket);
    });
    expect(answer).toContain(code);
    expect(sockets.map(({ bytesRead }) => bytesRead < mebibyte / 2)).toEqual([true]);
  });
});

describe('a sender that leaves', () => {
  it('leaves nothing behind, and makes room for others', async () => {
    for (let times = 0; times < 10; times += 1) {
      const [taken] = await socketsTaken(async () => {
        const socket = await begin(mebibyte);
        socket.write(Buffer.alloc(1000));
        await closed(socket.destroy());
      });
      if (taken) await closed(taken);
    }
    expect(await app.database.prisma.avatar.count()).toBe(0);
    expect(await upload(await drawPicture())).toEqual({ __typename: 'User' });
    expect(await app.database.prisma.avatarRendition.count()).toBe(4);
  });
});

describe('files that are sent slowly', () => {
  const patience = { timeout: 10_000, interval: 200 };
  it('are two at a time for one user: RATE_LIMITED', async () => {
    const held = [await begin(mebibyte), await begin(mebibyte)];
    // Taken in their order, on connections of their own: the third comes last.
    await expect
      .poll(() => upload(new Uint8Array([1])), patience)
      .toMatchObject([
        { extensions: { code: 'RATE_LIMITED', scope: 'VIEWER', retryAfterSeconds: 2 } },
      ]);
    for (const socket of held) await closed(socket.destroy());
    await expect
      .poll(() => upload(new Uint8Array([1])), patience)
      .toMatchObject({
        __typename: 'UploadRejectedError',
      });
  });
});
