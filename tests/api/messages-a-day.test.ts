import { expect, it } from 'vitest';
import { createSending } from '../../src/modules/message/sending.service.ts';
import { createIdempotency } from '../../src/platform/idempotency.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { serverOrigin } from '../../src/platform/origin.ts';
import { createProcessRateLimiter } from '../../src/platform/rate-limiter.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import { signUp } from '../support/people.ts';
import { secretKey, useTestApp } from '../support/test-app.ts';

const testApp = useTestApp();

it('messages are tried 2,000 times a day by each user: RATE_LIMITED', async () => {
  const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
  const { userId, sessionId } = ada;
  // The minute lets nobody come so far in a test.
  const limiter = createProcessRateLimiter();
  const name = 'message/viewer-day';
  const ofDay = { name, points: 2000, windowSeconds: 86_400, scope: 'VIEWER' } as const;
  for (let tries = 1; tries < 2000; tries++) await limiter.charge(ofDay, userId);
  const sending = createSending({
    commit: createCommit(
      testApp.database,
      { enqueue: async () => {} },
      { onEvents() {}, onNotice() {} },
    ),
    idempotency: createIdempotency(createKeyring(secretKey, null)),
    limiter,
  });
  const permissions = new Set<never>();
  const viewer = { userId, sessionId, proofAgeMs: 0, permissions, roleKeys: new Set<string>() };
  const message = { recipientId: bob.userId, body: 'Hello' };
  const attempt = () => sending.send(serverOrigin('test'), viewer, message, {});
  expect(await attempt()).toMatchObject({ body: 'Hello' });
  await expect(attempt()).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    scope: 'VIEWER',
    retryAfterSeconds: 86_400,
  });
});
