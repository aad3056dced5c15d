import { LRUCache } from 'lru-cache';
import type { User } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';

/** Accounts that were read lately, whole. */
export interface UserRows {
  /**
   * Loads a user who is known to exist, or answers what is known: never older than 5 seconds, nor than
   * the last time that the user was forgotten.
   */
  get(userId: string): Promise<User>;
  /** Forgets a user, or all, also what is being read just now. */
  forget(userId: string | 'everybody'): void;
}

const maxUsers = 10_000;
const defaultMaxAgeMs = 5_000;

/** Creates the rows of one instance. */
export function createUserRows(
  { prisma }: Pick<Database, 'prisma'>,
  maxAgeMs = defaultMaxAgeMs,
): UserRows {
  const kept = new LRUCache<string, User>({ max: maxUsers, ttl: maxAgeMs, ttlResolution: 0 });
  const reading = new Map<string, Promise<User>>();

  async function read(userId: string): Promise<User> {
    const start = performance.now();
    const row = prisma.user.findUniqueOrThrow({ where: { id: userId } });
    reading.set(userId, row);
    const isAwaited = () => reading.get(userId) === row;
    try {
      const user = await row;
      if (isAwaited()) kept.set(userId, user, { start });
      return user;
    } finally {
      if (isAwaited()) reading.delete(userId);
    }
  }

  return {
    get: async (userId) => kept.get(userId) ?? (await (reading.get(userId) ?? read(userId))),
    forget(userId) {
      for (const known of [kept, reading]) {
        if (userId === 'everybody') known.clear();
        else known.delete(userId);
      }
    },
  };
}
