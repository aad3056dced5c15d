import { describe, expect, it } from 'vitest';
import { createAuthLimits } from '../../src/modules/auth/auth.limits.ts';
import { serverOrigin } from '../../src/platform/origin.ts';
import { createProcessRateLimiter } from '../../src/platform/rate-limiter.ts';

/** Tells by which key a client's tries are counted. */
async function keyOf(ipAddress: string | null): Promise<string | undefined> {
  const keys: string[] = [];
  const limits = createAuthLimits({
    ...createProcessRateLimiter(),
    charge: async (_limit, key) => void keys.push(key),
  });
  await limits.chargeToken({ ...serverOrigin('test'), ipAddress });
  return keys[0];
}

describe('tries are counted', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:db8:1::', '2001:db8:1:0::/64'],
    ['2001:0:0:1:2:3:4:5', '2001:0:0:1::/64'],
    ['2001:0:0:1:0:0:0:5', '2001:0:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    [null, 'unknown'],
  ])('for %s under %s', async (address, key) => {
    expect(await keyOf(address)).toBe(key);
  });
});
