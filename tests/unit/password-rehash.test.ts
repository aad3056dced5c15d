import { describe, expect, it } from 'vitest';
import type { PasswordHasher } from '../../src/modules/auth/password-hasher.ts';
import { findBetterHash } from '../../src/modules/auth/password-rehash.ts';
import { RateLimitedError } from '../../src/platform/errors.ts';

const stored = { userId: 'ada', hash: 'old', changedAt: new Date(0) };
const hasher = (hash: PasswordHasher['hash'], needsRehash = true): PasswordHasher => ({
  hash,
  reads: () => true,
  verify: async () => true,
  needsRehash: () => needsRehash,
});

describe('a hash that is out of date', () => {
  it('is made anew while the hasher has time for it', async () => {
    const make = async (password: string) => `new ${password}`;
    expect(await findBetterHash(hasher(make), stored, 'secret')).toBe('new secret');
    expect(await findBetterHash(hasher(make, false), stored, 'secret')).toBeNull();
  });

  it('stays for the next time when too many wait, and stops at a fault', async () => {
    const failing = (error: Error) => hasher(() => Promise.reject(error));
    const busy = failing(new RateLimitedError(2, 'SERVER'));
    expect(await findBetterHash(busy, stored, 'secret')).toBeNull();
    const broken = failing(new Error('a fault'));
    await expect(findBetterHash(broken, stored, 'secret')).rejects.toThrow('a fault');
  });
});
