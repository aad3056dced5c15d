import { setTimeout } from 'node:timers/promises';
import { vi } from 'vitest';
import type { TestApp } from './test-app.ts';

/** Stops whoever writes to a table. */
export const table = (name: string) => `LOCK TABLE "${name}" IN EXCLUSIVE MODE`;

/** Stops whoever writes to the rows that a table has. */
export const rows = (name: string) => `SELECT FROM "${name}" FOR UPDATE`;

/** Has two begin in any order, wait where one of the gates stops them, and go on at once. */
export type Race = <One, Other>(
  gates: string[],
  one: () => Promise<One>,
  other: () => Promise<Other>,
) => Promise<[One, Other]>;

/** Builds `race` on PostgreSQL: the embedded database has but one connection. */
export function createRace(testApp: TestApp, random: () => number): Race {
  const pause = (longestMs: number) => setTimeout(Math.floor(random() * longestMs));

  return async <One, Other>(
    gates: string[],
    one: () => Promise<One>,
    other: () => Promise<Other>,
  ) => {
    const gate = gates[Math.floor(random() * gates.length)] ?? '';
    let done = 0;
    const run = async <Outcome>(work: () => Promise<Outcome>) => {
      await pause(10);
      return await work().finally(() => done++);
    };
    let both: Promise<[One, Other]> | undefined;
    await testApp.database.prisma.$transaction(async (transaction) => {
      await transaction.$executeRawUnsafe(gate);
      both = Promise.all([run(one), run(other)]);
      both.catch(() => {});
      await untilWaiting(testApp, (waiting) => waiting + done >= 2);
      await pause(5);
    });
    if (both === undefined) throw new Error('They did not begin.');
    return await both;
  };
}

/** Resolves once as many wait for locks as is enough. */
export async function untilWaiting(
  { database }: TestApp,
  isEnough: (waiting: number) => boolean,
): Promise<void> {
  const countWaiting = async () => {
    const [waiting] = await database.prisma.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return waiting?.count ?? 0;
  };
  await vi.waitUntil(async () => isEnough(await countWaiting()), { interval: 5, timeout: 10_000 });
}
