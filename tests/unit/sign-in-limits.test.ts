import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuthLimits, createAuthLimits } from '../../src/modules/auth/auth.limits.ts';
import { serverOrigin } from '../../src/platform/origin.ts';
import { createProcessRateLimiter, type RateLimiter } from '../../src/platform/rate-limiter.ts';

const email = 'ada@example.org';
const strangers = (count: number) => Array.from({ length: count }, (_, index) => `10.0.0.${index}`);

describe('limits by account', () => {
  let limiter: RateLimiter;
  let limits: AuthLimits;
  beforeEach(() => {
    vi.useFakeTimers();
    limiter = createProcessRateLimiter();
    limits = createAuthLimits(limiter);
  });
  afterEach(() => {
    limiter.close();
    vi.useRealTimers();
  });

  const from = (ipAddress: string) => ({ ...serverOrigin('test'), ipAddress });
  const trying = (ipAddress: string, address = email) =>
    limits.chargeSignIn(from(ipAddress), address);
  /** Tries at once from as many clients; answers how many were let through. */
  const flood = async (count: number) => {
    const outcomes = await Promise.allSettled(strangers(count).map((address) => trying(address)));
    return outcomes.filter(({ status }) => status === 'fulfilled').length;
  };

  it('are ten from all strangers together, however many come at once: RATE_LIMITED', async () => {
    expect(await flood(200)).toBe(10);
    await expect(trying('10.1.0.1')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      scope: 'ACCOUNT',
      retryAfterSeconds: 1,
    });
    await trying('10.0.0.1', 'grace@example.org');
  });

  it('pass one at a time after that, each delay twice the one before, up to 15 minutes', async () => {
    await flood(200);
    const delays = [];
    for (let count = 0; count < 13; count++) {
      const refusal = await trying('10.1.0.1').catch((error: unknown) => error);
      const { retryAfterSeconds } = refusal as { retryAfterSeconds: number };
      delays.push(retryAfterSeconds);
      vi.advanceTimersByTime(retryAfterSeconds * 1000);
      expect(await flood(50)).toBe(1);
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  it('are delayed no longer by those that were refused', async () => {
    await flood(200);
    for (let count = 0; count < 5; count++) await flood(200);
    await expect(trying('10.1.0.1')).rejects.toMatchObject({ retryAfterSeconds: 1 });
  });

  it('are free for a client that has signed in to it, but for its own limit', async () => {
    await limits.noteSignIn(from('2001:db8:1:2::1'), email);
    await flood(200);
    for (let count = 0; count < 10; count++) await trying('2001:db8:1:2:3:4:5:6');
    const limited = { scope: 'CLIENT_IP_AND_ACCOUNT' };
    await expect(trying('2001:db8:1:2::9')).rejects.toMatchObject(limited);
    await expect(trying('2001:db8:1:3::1')).rejects.toMatchObject({ scope: 'ACCOUNT' });
  });

  it('of a client that has not come for 21 days are those of a stranger again', async () => {
    const day = 24 * 60 * 60 * 1000;
    await limits.noteSignIn(from('10.1.0.1'), email);
    vi.advanceTimersByTime(20 * day);
    await limits.noteSignIn(from('10.1.0.1'), email);
    vi.advanceTimersByTime(20 * day);
    await flood(200);
    await trying('10.1.0.1');
    vi.advanceTimersByTime(2 * day);
    await flood(200);
    await expect(trying('10.1.0.1')).rejects.toMatchObject({ scope: 'ACCOUNT' });
  });

  it('tell strangers of no sign-in, and begin anew after six hours', async () => {
    await flood(200);
    await limits.noteSignIn(from('10.1.0.1'), email);
    expect(await flood(10)).toBe(0);
    vi.advanceTimersByTime(6 * 60 * 60 * 1000);
    expect(await flood(200)).toBe(10);
  });

  it('are counted by the address, whether or not it has an account', async () => {
    const asked: unknown[] = [];
    const watched = createAuthLimits({
      ...limiter,
      charge: (limit, key, ...rest) => {
        asked.push([limit.name, key]);
        return limiter.charge(limit, key, ...rest);
      },
    });
    await watched.chargeSignIn(from('10.0.0.1'), 'nobody@example.org');
    expect(asked).toEqual([
      ['sign-in/ip', '10.0.0.1'],
      ['sign-in/ip+account', '10.0.0.1 nobody@example.org'],
      ['sign-in/account', 'nobody@example.org'],
    ]);
  });

  describe('of mails', () => {
    const asking = (ipAddress: string) => limits.chargeMail(from(ipAddress), email);
    const floodMails = async (clients: number) => {
      const outcomes = await Promise.allSettled(strangers(clients).map(asking));
      return outcomes.filter(({ status }) => status === 'fulfilled').length;
    };

    it('leave strangers twenty an hour, and then one at a time: RATE_LIMITED', async () => {
      expect(await floodMails(200)).toBe(20);
      await expect(asking('10.1.0.1')).rejects.toMatchObject({
        scope: 'ACCOUNT',
        retryAfterSeconds: 1,
      });
      vi.advanceTimersByTime(1000);
      expect(await floodMails(50)).toBe(1);
    });

    it('keep no mail from a client that has signed in to the account', async () => {
      await limits.noteSignIn(from('10.1.0.1'), email);
      await floodMails(200);
      for (let count = 0; count < 5; count++) await asking('10.1.0.1');
      await expect(asking('10.1.0.1')).rejects.toMatchObject({ scope: 'CLIENT_IP_AND_ACCOUNT' });
    });

    it('leave tries of a password alone', async () => {
      await floodMails(200);
      await trying('10.1.0.1');
    });
  });
});
