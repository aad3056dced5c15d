import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthJobs } from '../src/modules/auth/auth.jobs.ts';
import { createMailWorker, mailQueue } from '../src/modules/auth/auth.mails.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openDatabase } from '../src/platform/database/connect.ts';
import type { Database } from '../src/platform/database/database.ts';
import { migrateDatabase } from '../src/platform/database/migrate.ts';
import { createJobQueue } from '../src/platform/jobs/queue.ts';
import { createKeyring } from '../src/platform/keyring.ts';
import { createLog } from '../src/platform/log.ts';
import { createSmtpTransport } from '../src/platform/mail/smtp-transport.ts';
import { makeMailSubjects } from '../tests/support/mail-subjects.ts';
import { createScratchDatabase } from '../tests/support/postgres-server.ts';
import { startSmtpServer, type TestSmtpServer } from '../tests/support/smtp-server.ts';

const mailCount = 100;
const log = createLog({ level: 'warn', format: 'json' });

/**
 * Prints how long mails take from the commit until a real SMTP server took them: one at a time, and
 * many at once. On the embedded database, and on the server at TEST_DATABASE_URL where it is given.
 */
export async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-bench-'));
  await measure('embedded', await openDatabase({ kind: 'embedded', dataDir }, log));
  await rm(dataDir, { recursive: true });
  if (!process.env.TEST_DATABASE_URL) return;
  const scratch = await createScratchDatabase();
  await measure('postgres', await openDatabase(scratch.settings, log));
  await scratch.drop();
}

async function measure(name: string, database: Database): Promise<void> {
  await migrateDatabase(database, log);
  const server = await startSmtpServer();
  const queue = createJobQueue<AuthJobs>({ database, log, queues: { mail: mailQueue } });
  await queue.start({ mail: createWorker(database, server) });
  const { user, request } = await makeMailSubjects(database);

  /** Asks for mails in one transaction; answers when each had arrived, from the commit on. */
  const send = async (count: number): Promise<number[]> => {
    const ids = await Promise.all(
      Array.from({ length: count }, () => request('RESET_PASSWORD', user.email)),
    );
    const before = server.mails.length;
    await database.prisma.$transaction(async (transaction) => {
      for (const mailedTokenId of ids) {
        await queue.enqueue(transaction, 'mail', { kind: 'mailed-token', mailedTokenId });
      }
    });
    const committedAt = performance.now();
    const durations: number[] = [];
    for (let arrived = 1; arrived <= count; arrived++) {
      await server.received(before + arrived);
      durations.push(performance.now() - committedAt);
    }
    return durations;
  };

  await send(1);
  const alone: number[] = [];
  while (alone.length < mailCount) alone.push(...(await send(1)));
  print(`${name}: ${mailCount} mails, one at a time`, alone);
  print(`${name}: ${mailCount} mails in one commit`, await send(mailCount));
  await queue.stop(5_000);
  await server.close();
  await database.close();
}

function createWorker(database: Database, { url }: TestSmtpServer) {
  return createMailWorker({
    database,
    clock: systemClock,
    keyring: createKeyring('a secret key that only the bench uses', null),
    sender: {
      publicUrl: 'https://accounts.example.com',
      appUrl: 'https://app.example.com',
      mailLanguage: 'en',
    },
    transport: createSmtpTransport({
      url,
      from: 'no-reply@latchkey.example',
      answerTimeoutMs: 10_000,
      sendTimeoutMs: 60_000,
    }),
    onSent: () => {},
  });
}

function print(title: string, durations: number[]): void {
  const sorted = durations.toSorted((one, other) => one - other);
  const at = (share: number) => `${sorted[Math.ceil(sorted.length * share) - 1]?.toFixed(0)} ms`;
  process.stdout.write(
    `${title}, commit to hand-over: median ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)}\n`,
  );
}
