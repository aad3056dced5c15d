import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuthJobs, AuthMail } from '../../src/modules/auth/auth.jobs.ts';
import { createMailWorker, mailQueue } from '../../src/modules/auth/auth.mails.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createJobQueue } from '../../src/platform/jobs/queue.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { createSmtpTransport } from '../../src/platform/mail/smtp-transport.ts';
import { captureLog } from '../support/captured-log.ts';
import { anyEmail, makeMailSubjects, place } from '../support/mail-subjects.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import {
  startCuttingProxy,
  startSilentServer,
  startSmtpServer,
  type TestSmtpServer,
} from '../support/smtp-server.ts';
import { secretKey } from '../support/test-app.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** Lists one job of every kind, each for an address of its own. */
async function everyMail(): Promise<{ to: string; mail: AuthMail }[]> {
  const subjects = () => makeMailSubjects(database);
  const signUpTo = anyEmail();
  const againTo = anyEmail();
  const newTo = anyEmail();
  const [reset, warned, welcomed, told, signUps] = await Promise.all([
    subjects(),
    subjects(),
    subjects(),
    subjects(),
    subjects(),
  ]);
  await signUps.signUp(againTo);
  const requestId = await reset.request('RESET_PASSWORD', reset.user.email);
  const changeId = await warned.request('CHANGE_EMAIL', newTo);
  const notice = { notice: 'TOKEN_REUSED', userId: told.user.id, ...place } as const;
  return [
    { to: signUpTo, mail: { kind: 'verify-email', signUpId: await signUps.signUp(signUpTo) } },
    { to: againTo, mail: { kind: 'verify-email-again', email: againTo } },
    { to: welcomed.user.email, mail: { kind: 'welcome', userId: welcomed.user.id } },
    { to: reset.user.email, mail: { kind: 'mailed-token', mailedTokenId: requestId } },
    { to: newTo, mail: { kind: 'mailed-token', mailedTokenId: changeId } },
    { to: warned.user.email, mail: { kind: 'email-change-warning', mailedTokenId: changeId } },
    { to: told.user.email, mail: { kind: 'security-notice', ...notice } },
  ];
}

/** Works the mails over the port that each connection is to have, until the server took all. */
async function deliver(server: TestSmtpServer, portOf: (connection: number) => number) {
  const mails = await everyMail();
  const logged = captureLog();
  let connections = 0;
  const mail = { ...mailQueue, retryDelaySeconds: 1, retryDelayMaxSeconds: 1 };
  const queue = createJobQueue<AuthJobs>({ database, log: logged.log, queues: { mail } });
  const work = createMailWorker({
    database,
    clock: systemClock,
    keyring: createKeyring(secretKey, null),
    sender: {
      publicUrl: 'https://accounts.example.com',
      appUrl: 'https://app.example.com',
      mailLanguage: 'en',
    },
    transport: {
      send: (one) =>
        createSmtpTransport({
          url: `smtp://127.0.0.1:${portOf(++connections)}`,
          from: 'no-reply@latchkey.example',
          answerTimeoutMs: 2_000,
          sendTimeoutMs: 5_000,
        }).send(one),
      close: () => {},
    },
    onSent: (one) => logged.log.info(one, 'mail'),
  });
  await queue.start({ mail: work });
  await database.prisma.$transaction(async (transaction) => {
    for (const one of mails) await queue.enqueue(transaction, 'mail', one.mail);
  });
  const sent = () => logged.lines.filter(({ msg }) => msg === 'mail').length;
  while (sent() < mails.length) await logged.nextLine();
  await queue.stop(5_000);
  const arrived = Map.groupBy(server.mails, ({ recipients }) => recipients.join());
  expect([...arrived.keys()].toSorted()).toEqual(mails.map(({ to }) => to).toSorted());
  return [...arrived.values()].map((copies) => ({
    copies: copies.length,
    messageIds: new Set(copies.map(({ source }) => /^Message-ID: (.*)\r$/m.exec(source)?.[1])).size,
  }));
}

const once = { copies: 1, messageIds: 1 };

it('delivers a mail of every kind once', async () => {
  const server = await startSmtpServer();
  expect(await deliver(server, () => server.port)).toEqual(Array(7).fill(once));
  await server.close();
});

it('delivers a mail of every kind once after the server refused each for the moment', async () => {
  const refused = new Set<string>();
  const server = await startSmtpServer({
    recipient: (address) => {
      if (refused.has(address)) return null;
      refused.add(address);
      return '451 Greylisted, come back later';
    },
  });
  expect(await deliver(server, () => server.port)).toEqual(Array(7).fill(once));
  expect(refused.size).toBe(7);
  await server.close();
});

it('delivers every mail, under one message id each, over connections that hang and are cut', async () => {
  const server = await startSmtpServer();
  const silent = await startSilentServer();
  const proxy = await startCuttingProxy(server.port, ['before content', 'before acceptance']);
  const ports = [silent.port, proxy.port, proxy.port];
  const arrived = await deliver(server, (connection) => ports[connection - 1] ?? server.port);
  expect(arrived.map(({ messageIds }) => messageIds)).toEqual(Array(7).fill(1));
  expect(arrived.map(({ copies }) => copies).toSorted()).toEqual([1, 1, 1, 1, 1, 1, 2]);
  for (const closing of [proxy, silent, server]) await closing.close();
});
