import type { Database } from '../../platform/database/database.ts';
import { describeFault } from '../../platform/fault.ts';
import { type PeriodicWork, workEach } from '../../platform/jobs/periodic.ts';
import type { Log } from '../../platform/log.ts';
import { serverOrigin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { findUntold, findUntoldOf, tellGone, tellHere } from './presence-transitions.ts';

/** Sees to it that the log tells who is here. */
export interface PresenceKeeper {
  /** Notes whose connections have changed, once that can be read; hands the work on. */
  note(userIds: readonly string[]): void;
  /**
   * Looks for all of whom the log tells something else than is so, whichever instance had them: tells
   * of those who are here at once, and of those who are gone when the look before found so, too.
   */
  look(): Promise<void>;
  /** Waits until what was noted is told. */
  close(): Promise<void>;
}

/** What the keeper is built over. */
export interface KeeperParts {
  database: Pick<Database, 'prisma'>;
  commit: Commit;
  log: Log;
}

/** So many in one transaction; a storm of ten thousand takes ten. */
const batchSize = 1_000;
/** The rest is found by the next look. */
const mostAtOnce = 20_000;

/** Builds the keeper of one instance. */
export function createPresenceKeeper({
  database: { prisma },
  commit,
  log,
}: KeeperParts): PresenceKeeper {
  const noted = new Set<string>();
  let missing = new Set<string>();
  let telling: Promise<void> | null = null;
  const origin = serverOrigin('presence');

  async function tellOfHere(userIds: readonly string[]): Promise<void> {
    // Most who come back were not away for long, and of them there is nothing to tell.
    const untold = await findUntoldOf(prisma, userIds);
    if (untold.length > 0) await commit(origin, (change) => tellHere(change, untold));
  }

  async function tellNoted(): Promise<void> {
    // All that is noted in this turn goes along; what is noted meanwhile makes the next batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (noted.size > 0) {
      const batch = [...noted].slice(0, batchSize);
      for (const userId of batch) noted.delete(userId);
      await tellOfHere(batch).catch((error: unknown) => {
        // The next look finds them.
        log.warn({ fault: describeFault(error) }, 'Who is here could not be told.');
      });
    }
    telling = null;
  }

  return {
    note(userIds) {
      for (const userId of userIds) {
        noted.add(userId);
        // Whoever was back meanwhile is not missing since then.
        missing.delete(userId);
      }
      telling ??= tellNoted();
    },
    async look() {
      const { here, gone } = await findUntold(prisma, mostAtOnce);
      const left = gone.filter((userId) => missing.has(userId));
      missing = new Set(gone);
      await workEach(batchesOf(here), tellOfHere);
      await workEach(batchesOf(left), (batch) =>
        commit(origin, (change) => tellGone(change, batch)),
      );
    },
    async close() {
      await telling;
    },
  };
}

/**
 * Between two looks, so that whoever has lost their last connection is gone after 5 to 10 seconds,
 * and whoever comes back before was never away.
 */
const lookIntervalMs = 5_000;

/** Describes how every instance looks from time to time. */
export function periodicPresenceLook({ look }: PresenceKeeper): PeriodicWork {
  return {
    work: look,
    intervalMs: lookIntervalMs,
    onFault: 'Who is here could not be looked for.',
  };
}

function batchesOf(userIds: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(userIds.length / batchSize) }, (_, batch) =>
    userIds.slice(batch * batchSize, (batch + 1) * batchSize),
  );
}
