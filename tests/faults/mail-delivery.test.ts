import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { createJobQueue } from '../../src/platform/jobs/queue.ts';
import { messageIdOf } from '../../src/platform/mail/mail.ts';
import { createSmtpTransport } from '../../src/platform/mail/smtp-transport.ts';
import { type CapturedLog, captureLog } from '../support/captured-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { startCuttingProxy, startSilentServer, startSmtpServer } from '../support/smtp-server.ts';

interface Jobs {
  greet: { address: string };
}

let database: Database;
let captured: CapturedLog;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
});

beforeEach(() => {
  captured = captureLog();
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await database.prisma.$executeRaw`DELETE FROM pgboss.job`;
});

afterAll(() => database.close());

/** Sends a mail by a job, to whatever listens on the port at each try. */
async function sendByJob(portOf: (attempt: number) => number): Promise<void> {
  const greet = {
    retryLimit: 3,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    timeoutSeconds: 30,
    concurrency: 1,
    urgent: true,
  };
  const queue = createJobQueue<Jobs>({ database, log: captured.log, queues: { greet } });
  closers.push(() => queue.stop(5_000));
  await queue.start({
    async greet({ address }, { id, attempt }) {
      const transport = createSmtpTransport({
        url: `smtp://127.0.0.1:${portOf(attempt)}`,
        from: 'no-reply@latchkey.example',
        answerTimeoutMs: 2_000,
        sendTimeoutMs: 10_000,
      });
      const messageId = messageIdOf(id, 'https://latchkey.example');
      const content = { subject: 'Hello', text: 'Hello.', html: '<p>Hello.</p>' };
      await transport.send({ to: address, messageId, ...content });
    },
  });
  await database.prisma.$transaction((tx) =>
    queue.enqueue(tx, 'greet', { address: 'ada@example.org' }),
  );
}

async function startServer(...refusals: Parameters<typeof startSmtpServer>) {
  const server = await startSmtpServer(...refusals);
  closers.push(server.close);
  return server;
}

function messageIds(mails: { source: string }[]): (string | undefined)[] {
  return mails.map(({ source }) => /^Message-ID: (.*)\r$/m.exec(source)?.[1]);
}

describe('a mail sent by a job', () => {
  it('is delivered after a refusal that passes', async () => {
    let tries = 0;
    const server = await startServer({
      recipient: () => (++tries === 1 ? '451 Greylisted, come back later' : null),
    });
    await sendByJob(() => server.port);
    await server.received(1);
    expect(tries).toBe(2);
    const line = await captured.line('A job failed; it will be tried again.');
    expect(line).toMatchObject({ fault: { type: 'MailError', code: '451' } });
  });

  it('is given up when the recipient is refused, and the address is not logged', async () => {
    let tries = 0;
    const server = await startServer({
      recipient: (address) => `550 ${address} try ${++tries}`,
    });
    await sendByJob(() => server.port);
    const line = await captured.line('A job failed for good.');
    expect(line).toMatchObject({ fault: { type: 'MailError', code: '550' }, attempt: 1 });
    expect(tries).toBe(1);
    expect(captured.text()).not.toContain('ada@example.org');
  });

  it('is delivered once the server that hung answers again', async () => {
    const silent = await startSilentServer();
    closers.push(silent.close);
    const server = await startServer();
    await sendByJob((attempt) => (attempt === 1 ? silent.port : server.port));
    await server.received(1);
    const line = await captured.line('A job failed; it will be tried again.');
    expect(line).toMatchObject({ fault: { code: 'ETIMEDOUT' } });
  });

  it('is delivered at least once under one message id when the connection is cut', async () => {
    const server = await startServer();
    const proxy = await startCuttingProxy(server.port, ['before content', 'before acceptance']);
    closers.push(proxy.close);
    await sendByJob(() => proxy.port);
    const [first, second] = messageIds(await server.received(2));
    expect(first).toMatch(/^<[0-9a-f-]{36}@latchkey\.example>$/);
    expect(second).toBe(first);
  });
});
