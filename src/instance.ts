import { join } from 'node:path';
import { sampleAccounts, samplePassword } from '../prisma/seed.ts';
import { announce } from './announce.ts';
import { type App, startApp } from './app.ts';
import { withPort } from './config/with-port.ts';
import type { Config } from './config.ts';
import { systemClock } from './platform/clock.ts';
import { openDatabase } from './platform/database/connect.ts';
import { migrateDatabase } from './platform/database/migrate.ts';
import type { Log } from './platform/log.ts';
import { noTransport } from './platform/mail/no-transport.ts';
import { openOutbox } from './platform/mail/outbox-transport.ts';
import { createSmtpTransport } from './platform/mail/smtp-transport.ts';
import { connectRedis } from './platform/redis.ts';
import { readOrDrawSecret } from './platform/secret-file.ts';
import { createStartingRespond } from './server/health.ts';
import { bindHttpServer } from './server/http-server.ts';
import { outboxPath } from './server/outbox-page.ts';
import { failStart } from './start-failure.ts';
import { onStopSignal } from './stop-signal.ts';

const smtpAnswerTimeoutMs = 10_000;
const smtpSendTimeoutMs = 60_000;
/** Part of the grace over which open sockets and streams are ended. */
const drainShare = 0.25;
/** How much longer than the grace a stop may take. */
const overrunMs = 1_000;

/** How a process takes part in a server: as the whole of it, or as one of its workers. */
export interface Part {
  /** Takes the port at once, migrates the database and makes the first accounts. */
  isFirst: boolean;
  /** Works the jobs, and does what is done from time to time. */
  doesJobs: boolean;
  /** Lets others of this server listen on the same port. */
  sharesPort: boolean;
}

/** Starts an instance, which a signal stops; resolves once it serves, and ends the process where it cannot. */
export async function runInstance(config: Config, log: Log, part: Part): Promise<void> {
  // While it starts there is nothing to finish: what a kill interrupts is undone or done again.
  let stop = async (): Promise<void> => {};
  onStopSignal(log, () => stop());
  try {
    stop = await start(config, log, part);
  } catch (error) {
    failStart(error, config, log);
  }
}

/** Starts serving; answers what stops it, within the grace for requests and jobs together. */
async function start(given: Config, log: Log, part: Part): Promise<() => Promise<void>> {
  const { host, port } = given;
  const address = { host, port, reusePort: part.sharesPort };
  const bind = () => bindHttpServer(address, createStartingRespond(systemClock));
  // Bound first, so that a taken port is told before anything is opened or changed. Those that come
  // after it wait until they can serve, or requests that others could answer would come to them.
  const early = part.isFirst ? await bind() : null;
  const config = withPort(given, early?.port ?? port);
  const database = await openDatabase(config.database, log);
  if (part.isFirst) await migrateDatabase(database, log);
  const redis = config.redisUrl === null ? null : await connectRedis(config.redisUrl, log);
  const outbox = opensOutbox(config)
    ? openOutbox(join(config.dataDir, 'outbox'), systemClock)
    : null;
  const mails = outbox ?? openMailServer(config, log);
  const secretKey = config.secretKey ?? (await readOrDrawSecret(config.dataDir));
  const { doesJobs } = part;
  const opened = { database, secretKey, mails, outbox, redis, clock: systemClock };
  const app = await startApp({ ...opened, config, doesJobs, log });
  if (part.isFirst) await createAccounts(app, config, log);
  const server = early ?? (await bind());
  server.serve(app);
  log.info({ url: config.publicUrl, mode: config.mode }, 'ready');
  if (config.mode === 'development') tellWhereThingsAre(config);

  return async () => {
    const graceMs = config.shutdownGraceSeconds * 1000;
    const deadline = performance.now() + graceMs;
    // Whatever hangs, a database that is away perhaps: the supervisor's own limit comes next.
    setTimeout(() => process.exit(1), graceMs + overrunMs).unref();
    await app.drain(graceMs * drainShare);
    await server.stop(Math.max(0, deadline - performance.now()));
    await app.stop(Math.max(0, deadline - performance.now()));
    await database.close();
    mails.close();
    redis?.disconnect();
  };
}

const opensOutbox = ({ mode, smtpUrl }: Config) => mode === 'development' && smtpUrl === null;

function openMailServer({ smtpUrl, mailFrom }: Config, log: Log) {
  if (smtpUrl === null) {
    log.warn(
      'SMTP_URL is not set: no mail is sent, neither invitations nor links to new passwords.',
    );
    return noTransport;
  }
  return createSmtpTransport({
    url: smtpUrl,
    from: mailFrom,
    answerTimeoutMs: smtpAnswerTimeoutMs,
    sendTimeoutMs: smtpSendTimeoutMs,
  });
}

async function createAccounts(app: App, { mode, firstAdmin }: Config, log: Log): Promise<void> {
  if (firstAdmin !== null) {
    const admin = {
      ...firstAdmin,
      displayName: 'Administrator',
      roles: ['admin', 'user'] as const,
    };
    if (await app.createFirstAccounts('first-admin', [admin])) {
      log.info('The first administrator was created.');
    }
  } else if (mode === 'development') {
    await app.createFirstAccounts('sample-accounts', sampleAccounts);
  }
}

function tellWhereThingsAre(config: Config): void {
  const places = {
    publicUrl: config.publicUrl,
    graphiql: config.graphiql,
    outboxUrl: opensOutbox(config) ? `${config.publicUrl}${outboxPath}` : null,
    samplePassword: config.firstAdmin === null ? samplePassword : null,
  };
  // Whoever read the output may be gone by now; that is no reason to stop.
  process.stdout.once('error', () => {});
  announce(places, (text) => process.stdout.write(text));
}
