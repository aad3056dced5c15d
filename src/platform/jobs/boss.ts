import type { Pool } from 'pg';
import { fromPglite, PgBoss } from 'pg-boss';
import type { Database } from '../database/database.ts';
import { describeFault } from '../fault.ts';
import type { Log } from '../log.ts';

/** The seconds between looks for jobs whose worker died. */
const supervisionSeconds = 15;
const faultLogIntervalMs = 60_000;

/**
 * Configures pg-boss over the connections that the database already has.
 *
 * So it shares their TLS, time limits and way back after a loss. Nothing runs before its `start`.
 */
export function openBoss(database: Database, log: Log): PgBoss {
  const { driver } = database;
  const statements = driver.kind === 'embedded' ? fromPglite(driver.pglite) : overPool(driver.pool);
  const boss = new PgBoss({
    db: {
      executeSql: statements.executeSql,
      listen: (channel, onNotice, onReconnect) => database.listen(channel, onNotice, onReconnect),
    },
    backend: driver.kind === 'embedded' ? 'pglite' : 'postgres',
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: supervisionSeconds,
    // Shorter than the interval, or every second look would find the last one too recent.
    monitorIntervalSeconds: supervisionSeconds - 5,
    flowIntervalSeconds: 3600,
  });
  const logFault = oncePerMinute((fault: object) => log.error({ fault }, 'The job queue failed.'));
  boss.on('error', (error) => logFault(describeFault(error)));
  boss.on('warning', ({ message }) => log.warn({ warning: message }, 'The job queue warns.'));
  return boss;
}

/** Runs statements on pooled connections, and closes one that a failed script left in a transaction. */
function overPool(pool: Pool) {
  return {
    async executeSql(text: string, values?: unknown[]) {
      if (values?.length) return pool.query(text, values);
      const client = await pool.connect();
      try {
        const result = await client.query(text);
        client.release();
        return result;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
  };
}

/** A database that is away fails every worker at every poll; one line a minute tells as much. */
function oncePerMinute<Value>(report: (value: Value) => void): (value: Value) => void {
  let reportedAt = Number.NEGATIVE_INFINITY;
  return (value) => {
    const now = performance.now();
    if (now - reportedAt < faultLogIntervalMs) return;
    reportedAt = now;
    report(value);
  };
}
