import { type Foundation, layFoundation, layGround, type ServiceParts } from '../app-ground.ts';
import { createServices } from '../app-services.ts';
import { type Config, loadConfig, readEnvironment } from '../config.ts';
import type { Services } from '../graphql/context.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database/connect.ts';
import type { Database } from '../platform/database/database.ts';
import { DataDirectoryInUseError } from '../platform/database/directory-lock.ts';
import { isMigrated } from '../platform/database/pending-migrations.ts';
import { createLog, type Log } from '../platform/log.ts';
import { readOrDrawSecret } from '../platform/secret-file.ts';
import { describeStartFailure } from '../start-failure.ts';
import { CommandError } from './command-errors.ts';
import { publicMessage } from './public-message.ts';

/** The services of a server without its workers and its socket. */
export interface Server extends Foundation {
  config: Config;
  database: Database;
  services: Services;
}

/** Reads the configuration that a start here would use; ConfigurationError. */
export const readConfig = (): Config => loadConfig(readEnvironment());

/** Does work that only reads, over the services that a server here would have. */
export async function withServer<Result>(
  work: (server: Server) => Promise<Result>,
): Promise<Result> {
  const config = readConfig();
  // Its warnings would go to standard output; what matters is thrown.
  const log = createLog({ level: 'fatal', format: 'json' });
  try {
    return await overDatabase(config, log, async (database) => {
      const secretKey = config.secretKey ?? (await readOrDrawSecret(config.dataDir));
      const parts = { config, database, secretKey, redis: null, clock: systemClock, log };
      return await overServices(parts, work);
    });
  } catch (error) {
    throw new CommandError(describe(error, config), { cause: error });
  }
}

/**
 * Does work that changes something, by the same commits as a server: its jobs are worked by the
 * running instances, and they heed its notices at once.
 */
export function withChangingServer<Result>(
  work: (server: Server) => Promise<Result>,
): Promise<Result> {
  return withServer(async (server) => {
    // What this derives from another SECRET_KEY, nobody would accept.
    await server.keys.getSigner();
    await server.queue.start();
    try {
      return await work(server);
    } finally {
      await server.queue.stop(0);
    }
  });
}

async function overDatabase<Result>(
  config: Config,
  log: Log,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(config.database, log);
  try {
    if (!(await isMigrated(database, log))) {
      throw new CommandError(
        'The tables of the database are not those of this version. Start the server once, or run "npm run migrate".',
      );
    }
    return await work(database);
  } finally {
    await database.close();
  }
}

async function overServices<Result>(
  parts: ServiceParts,
  work: (server: Server) => Promise<Result>,
): Promise<Result> {
  const { config, database } = parts;
  const foundation = await layFoundation(parts, layGround(parts));
  try {
    const services = createServices(parts, foundation);
    return await work({ ...foundation, config, database, services });
  } finally {
    // Instances are told of new events by then.
    await foundation.tail.close();
    await foundation.keys.close();
    await foundation.limiter.close();
  }
}

function describe(error: unknown, config: Config): string {
  const known = publicMessage(error);
  if (known !== null) return known;
  const message = describeStartFailure(error, config).message.trim().split('\n').at(-1) ?? '';
  return error instanceof DataDirectoryInUseError
    ? `${message} The embedded database belongs to one process; on PostgreSQL (DATABASE_URL) commands work beside a running server.`
    : message;
}
