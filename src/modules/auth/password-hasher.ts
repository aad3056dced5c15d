import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import pLimit from 'p-limit';
import { RateLimitedError } from '../../platform/errors.ts';
import { normalizePassword } from '../../platform/password-text.ts';
import { type Comparison, readImportedHash } from './password-imports.ts';

/** Cost of one argon2id hash (RFC 9106). */
export interface HashCost {
  memoryKib: number;
  iterations: number;
  parallelism: number;
}

/**
 * Hashes and checks passwords, a few at a time. Throws RateLimitedError, before any work, when too
 * many wait already.
 */
export interface PasswordHasher {
  /** Hashes a password into a PHC string with a fresh salt. */
  hash(password: string): Promise<string>;
  /**
   * Compares with a stored hash, also one that was imported. With null, for an account that is not
   * there, and with a hash that cannot be read, it works as long as with one of its own and says no.
   */
  verify(hash: string | null, password: string): Promise<boolean>;
  /** Tells whether a hash that was imported can be compared with, and at a bearable cost. */
  reads(hash: string): boolean;
  /**
   * Tells whether a stored hash, which a password fits, is of another kind or cost than new ones
   * are. False where bcrypt has read only a part of the password: the rest may be mistyped.
   */
  needsRehash(hash: string, password: string): boolean;
}

/** How much of a password bcrypt reads. */
const bcryptBytes = 72;
/** How long to stay away when too many wait; it takes a full queue about as long to drain. */
const retryAfterSeconds = 2;

/** How many times as much as a new hash one that was imported may cost, in memory times passes. */
const mostTimesAsDear = 8;
const leastBoundKibPasses = 262_144;
const mostLanes = 16;

/**
 * Builds the hasher of one of so many processes that share the machine. Of its share of the cores it
 * leaves one free, since token checks share libuv's threads with it.
 */
export async function createPasswordHasher(
  cost: HashCost,
  maxWaiting: number,
  processes = 1,
): Promise<PasswordHasher> {
  const options = {
    type: argon2.argon2id,
    memoryCost: cost.memoryKib,
    timeCost: cost.iterations,
    parallelism: cost.parallelism,
  } as const;
  const concurrency = Math.max(1, Math.floor(availableParallelism() / processes) - 1);
  const limit = pLimit(concurrency);
  const work = async <Result>(task: () => Promise<Result>): Promise<Result> => {
    if (limit.activeCount + limit.pendingCount >= concurrency + maxWaiting) {
      throw new RateLimitedError(retryAfterSeconds, 'SERVER');
    }
    return limit(task);
  };
  const hash = (password: string) => work(() => argon2.hash(normalizePassword(password), options));
  const read = (stored: string) => readArgon2(stored, cost) ?? readImportedHash(stored);
  const decoy = await hash('the hash of no account');
  return {
    hash,
    reads: (stored) => read(stored) !== null,
    verify: (stored, password) =>
      work(async () => {
        const compare = stored === null ? null : read(stored);
        if (compare !== null) return compare(password);
        await argon2.verify(decoy, normalizePassword(password));
        return false;
      }),
    needsRehash: (stored, password) =>
      !(stored.startsWith('$2') && Buffer.byteLength(password) > bcryptBytes) &&
      (!stored.startsWith('$argon2id$') || argon2.needsRehash(stored, options)),
  };
}

const argon2Hash =
  /^\$argon2(?:id|i|d)\$(?:v=(?:16|19)\$)?([mtp]=\d+,[mtp]=\d+,[mtp]=\d+)\$[A-Za-z\d+/]{11,86}\$[A-Za-z\d+/]{22,86}$/;

/** Reads an argon2 hash that costs no more than is bearable or set here; null for anything else. */
function readArgon2(stored: string, { memoryKib, iterations }: HashCost): Comparison | null {
  const written = new URLSearchParams(argon2Hash.exec(stored)?.[1]?.replaceAll(',', '&'));
  const [memory = 0, passes = 0, lanes = 0] = ['m', 't', 'p'].map((name) =>
    Number(written.get(name)),
  );
  // RFC 9106 §3.1 wants 8 blocks of memory for each lane.
  const isPossible = passes >= 1 && lanes >= 1 && memory >= 8 * lanes;
  const isAffordable =
    isPossible &&
    lanes <= mostLanes &&
    memory * passes <= Math.max(leastBoundKibPasses, mostTimesAsDear * memoryKib * iterations);
  return isAffordable ? (password) => argon2.verify(stored, normalizePassword(password)) : null;
}
