import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import pLimit from 'p-limit';
import { normalizePassword } from '../../platform/password-text.ts';

/** Cost of one argon2id hash (RFC 9106). */
export interface HashCost {
  memoryKib: number;
  iterations: number;
  parallelism: number;
}

/** Hashes and checks passwords; every call costs the same, whatever it is given. */
export interface PasswordHasher {
  /** Hashes a password into a PHC string with a fresh salt. */
  hash(password: string): Promise<string>;
  /** Compares with a stored hash; with null, for an account that is not there, it works as long and says no. */
  verify(hash: string | null, password: string): Promise<boolean>;
}

/** Builds the hasher; it leaves one core free, since token checks share libuv's threads with it. */
export async function createPasswordHasher(cost: HashCost): Promise<PasswordHasher> {
  const options = {
    type: argon2.argon2id,
    memoryCost: cost.memoryKib,
    timeCost: cost.iterations,
    parallelism: cost.parallelism,
  } as const;
  const limit = pLimit(Math.max(1, availableParallelism() - 1));
  const hash = (password: string) => limit(() => argon2.hash(normalizePassword(password), options));
  const decoy = await hash('the hash of no account');
  return {
    hash,
    async verify(stored, password) {
      const matches = await limit(() =>
        argon2.verify(stored ?? decoy, normalizePassword(password)),
      );
      return stored !== null && matches;
    },
  };
}
