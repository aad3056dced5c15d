import { afterEach, describe, expect, it } from 'vitest';
import type { Mail } from '../../src/platform/mail/mail.ts';
import { createSmtpTransport } from '../../src/platform/mail/smtp-transport.ts';
import {
  type Cut,
  startCuttingProxy,
  startSilentServer,
  startSmtpServer,
} from '../support/smtp-server.ts';

const mail: Mail = {
  to: 'ada@example.org',
  subject: 'Hello',
  text: 'Hello.',
  html: '<p>Hello.</p>',
  messageId: '<1@latchkey.example>',
};

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function openTransport(port: number, limits: { answerTimeoutMs: number; sendTimeoutMs: number }) {
  const url = `smtp://127.0.0.1:${port}`;
  const transport = createSmtpTransport({ url, from: 'no-reply@latchkey.example', ...limits });
  closers.push(transport.close);
  return transport;
}

describe('an SMTP transport whose server fails', () => {
  it('gives up on a server that accepts the connection and never greets', async () => {
    const server = await startSilentServer();
    closers.push(server.close);
    const transport = openTransport(server.port, { answerTimeoutMs: 200, sendTimeoutMs: 60_000 });
    await expect(transport.send(mail)).rejects.toMatchObject({
      name: 'MailError',
      code: 'ETIMEDOUT',
      permanent: false,
    });
  });

  it('gives up on a mail that takes too long altogether', async () => {
    const server = await startSilentServer();
    closers.push(server.close);
    const transport = openTransport(server.port, { answerTimeoutMs: 60_000, sendTimeoutMs: 200 });
    await expect(transport.send(mail)).rejects.toMatchObject({
      name: 'MailError',
      permanent: false,
    });
  });

  it('says that a server which refuses the connection may come back', async () => {
    const server = await startSilentServer();
    await server.close();
    const transport = openTransport(server.port, { answerTimeoutMs: 2_000, sendTimeoutMs: 4_000 });
    await expect(transport.send(mail)).rejects.toMatchObject({ code: 'ESOCKET', permanent: false });
  });

  it.each<[Cut, number]>([
    ['before content', 0],
    ['before acceptance', 1],
  ])('says that a connection cut %s may be tried again', async (cut, delivered) => {
    const server = await startSmtpServer();
    closers.push(server.close);
    const proxy = await startCuttingProxy(server.port, [cut]);
    closers.push(proxy.close);
    const transport = openTransport(proxy.port, { answerTimeoutMs: 2_000, sendTimeoutMs: 4_000 });
    await expect(transport.send(mail)).rejects.toMatchObject({ permanent: false });
    expect(server.mails).toHaveLength(delivered);
    await transport.send(mail);
    expect(server.mails).toHaveLength(delivered + 1);
    for (const { source } of server.mails) expect(source).toContain('<1@latchkey.example>');
  });
});
