import { afterEach, describe, expect, it } from 'vitest';
import type { Mail, MailTransport } from '../../src/platform/mail/mail.ts';
import { layOutMail } from '../../src/platform/mail/mail-layout.ts';
import { createSmtpTransport } from '../../src/platform/mail/smtp-transport.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server.ts';

const from = 'Latchkey <no-reply@latchkey.example>';
const limits = { from, answerTimeoutMs: 2_000, sendTimeoutMs: 4_000 };

const mail: Mail = {
  to: 'ada@example.org',
  subject: 'Confirm your address – bitte bestätigen',
  messageId: '<0197a1b2-0000-7000-8000-000000000001@latchkey.example>',
  ...layOutMail({
    language: 'en',
    sender: 'Latchkey',
    heading: 'Confirm your address',
    paragraphs: ['Somebody signed up with this address.'],
    action: { label: 'Confirm', url: 'https://latchkey.example/verify-email#token=abc' },
    footer: ['Not you? Ignore this mail.'],
  }),
};

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startServer(...options: Parameters<typeof startSmtpServer>) {
  const server = await startSmtpServer(...options);
  closers.push(server.close);
  return server;
}

function openTransport(url: string): MailTransport {
  const transport = createSmtpTransport({ ...limits, url });
  closers.push(transport.close);
  return transport;
}

async function sendTo(server: TestSmtpServer): Promise<string> {
  await openTransport(server.url).send(mail);
  const [received] = await server.received(1);
  return received?.source ?? '';
}

describe('an SMTP transport', () => {
  it('delivers text and HTML as alternatives, under the sender and message id it was given', async () => {
    const server = await startServer();
    const source = await sendTo(server);
    expect(server.mails[0]).toMatchObject({
      from: 'no-reply@latchkey.example',
      recipients: ['ada@example.org'],
    });
    expect(source).toMatch(/^Content-Type: multipart\/alternative;/m);
    expect(source).toMatch(/^Content-Type: text\/plain; charset=utf-8/m);
    expect(source).toMatch(/^Content-Type: text\/html; charset=utf-8/m);
    expect(source).toContain(`Message-ID: ${mail.messageId}\r\n`);
    expect(source).toContain(`From: ${from}\r\n`);
    expect(source).toContain('To: ada@example.org\r\n');
    expect(source).toContain('Auto-Submitted: auto-generated\r\n');
  });

  it('signs in with the credentials of the URL once the connection is encrypted', async () => {
    const seen: unknown[] = [];
    const server = await startServer(
      {},
      {
        authOptional: false,
        disabledCommands: [],
        onAuth({ username, password }, session, callback) {
          seen.push({ username, password, secure: session.secure });
          callback(null, { user: username });
        },
      },
    );
    const url = `smtp://mailer:p%40ss%2Fword@127.0.0.1:${server.port}/?tls.rejectUnauthorized=false`;
    await openTransport(url).send(mail);
    expect(seen).toEqual([{ username: 'mailer', password: 'p@ss/word', secure: true }]);
  });

  it('never gives credentials to a server that offers no encryption', async () => {
    let asked = false;
    const server = await startServer(
      {},
      {
        allowInsecureAuth: true,
        onAuth(_auth, _session, callback) {
          asked = true;
          callback(null, { user: 'mailer' });
        },
      },
    );
    const transport = openTransport(`smtp://mailer:secret@127.0.0.1:${server.port}`);
    await expect(transport.send(mail)).rejects.toMatchObject({ name: 'MailError' });
    expect(asked).toBe(false);
    expect(server.mails).toEqual([]);
  });

  it('speaks TLS from the first byte to an smtps URL, and refuses a certificate it cannot check', async () => {
    const server = await startServer({}, { secure: true, disabledCommands: [] });
    const url = `smtps://127.0.0.1:${server.port}/`;
    await expect(openTransport(url).send(mail)).rejects.toMatchObject({ permanent: false });
    expect(server.mails).toEqual([]);
    await openTransport(`${url}?tls.rejectUnauthorized=false`).send(mail);
    expect(server.mails).toHaveLength(1);
  });

  it('says that a refused recipient is final, without repeating the address', async () => {
    const server = await startServer({ recipient: (address) => `550 ${address} is unknown here` });
    const failure = await openTransport(server.url)
      .send(mail)
      .catch((error) => error);
    expect(failure).toMatchObject({ name: 'MailError', permanent: true, code: '550' });
    expect(`${failure.message} ${failure.stack} ${failure.cause}`).not.toContain('ada');
  });

  it('says that refused content is final', async () => {
    const server = await startServer({ content: () => '554 This looks like spam' });
    await expect(openTransport(server.url).send(mail)).rejects.toMatchObject({
      permanent: true,
      code: '554',
    });
  });

  it.each([
    ['a full mailbox', { recipient: () => '452 Try again later' }, '452'],
    ['greylisting', { recipient: () => '451 Greylisted' }, '451'],
    ['a missing sign-in', { recipient: () => '530 Authentication required' }, '530'],
    ['a busy content filter', { content: () => '451 Scanner is busy' }, '451'],
  ])('says that %s may pass', async (_name, refusals, code) => {
    const server = await startServer(refusals);
    await expect(openTransport(server.url).send(mail)).rejects.toMatchObject({
      permanent: false,
      code,
    });
  });

  it('says that wrong credentials may be mended', async () => {
    const server = await startServer(
      {},
      {
        disabledCommands: [],
        onAuth: (_auth, _session, callback) => callback(new Error('No such mailer')),
      },
    );
    const url = `smtp://mailer:wrong@127.0.0.1:${server.port}/?tls.rejectUnauthorized=false`;
    const transport = openTransport(url);
    await expect(transport.send(mail)).rejects.toMatchObject({ permanent: false, code: '535' });
  });
});
