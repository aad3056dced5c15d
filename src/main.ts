import { join } from 'node:path';
import { sampleAccounts, samplePassword } from '../prisma/seed.ts';
import { announce } from './announce.ts';
import { type App, startApp } from './app.ts';
import { badConfigurationExitCode, ConfigurationError } from './config/configuration-error.ts';
import { type Config, loadConfig, readEnvironment } from './config.ts';
import { SampleAccountsError } from './modules/administration/first-accounts.ts';
import { systemClock } from './platform/clock.ts';
import { openDatabase } from './platform/database/connect.ts';
import { migrateDatabase } from './platform/database/migrate.ts';
import { describeFault } from './platform/fault.ts';
import { createLog, type Log } from './platform/log.ts';
import { noTransport } from './platform/mail/no-transport.ts';
import { openOutbox } from './platform/mail/outbox-transport.ts';
import { createSmtpTransport } from './platform/mail/smtp-transport.ts';
import { connectRedis } from './platform/redis.ts';
import { readOrDrawSecret } from './platform/secret-file.ts';
import { createStartingRespond } from './server/health.ts';
import { bindHttpServer } from './server/http-server.ts';
import { outboxPath } from './server/outbox-page.ts';
import { describeStartFailure } from './start-failure.ts';
import { onStopSignal } from './stop-signal.ts';

const smtpAnswerTimeoutMs = 10_000;
const smtpSendTimeoutMs = 60_000;
/** Part of the grace over which open sockets and streams are ended. */
const drainShare = 0.25;
/** How much longer than the grace a stop may take. */
const overrunMs = 1_000;

/** Starts the server; answers what stops it, within the grace for requests and jobs together. */
async function start(given: Config, log: Log): Promise<() => Promise<void>> {
  // Bound first, so that a taken port is told before anything is opened or changed.
  const server = await bindHttpServer(given, createStartingRespond(systemClock));
  const config = withPort(given, server.port);
  const database = await openDatabase(config.database, log);
  await migrateDatabase(database, log);
  const redis = config.redisUrl === null ? null : await connectRedis(config.redisUrl, log);
  const outbox = opensOutbox(config)
    ? openOutbox(join(config.dataDir, 'outbox'), systemClock)
    : null;
  const mails = outbox ?? openMailServer(config, log);
  const secretKey = config.secretKey ?? (await readOrDrawSecret(config.dataDir));
  const parts = { config, database, secretKey, mails, outbox, redis, clock: systemClock, log };
  const app = await startApp(parts);
  await createAccounts(app, config, log);
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

/** Puts the port that the system chose where port 0 asked for any. */
function withPort(config: Config, port: number): Config {
  if (config.port !== 0) return config;
  const fill = (url: string) => url.replace(/:0(?=\/|$)/, `:${port}`);
  return { ...config, port, publicUrl: fill(config.publicUrl), appUrl: fill(config.appUrl) };
}

function readConfig(): Config {
  try {
    return loadConfig(readEnvironment());
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(badConfigurationExitCode);
  }
}

const config = readConfig();
const log = createLog(config.log);
// While it starts there is nothing to finish: what a kill interrupts is undone or done again.
let stop = async (): Promise<void> => {};
onStopSignal(async (signal) => {
  log.info({ signal }, 'stopping');
  try {
    await stop();
    log.info('stopped');
  } catch (error) {
    log.error({ fault: describeFault(error) }, 'The server did not stop in order.');
    throw error;
  }
});
try {
  stop = await start(config, log);
} catch (error) {
  const { message, ...where } = describeStartFailure(error, config);
  log.fatal(where, message);
  process.exit(error instanceof SampleAccountsError ? badConfigurationExitCode : 1);
}
