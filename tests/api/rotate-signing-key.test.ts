import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kidOf, publishedBy, rotate, statusOf } from '../support/key-rotation.ts';
import { type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { fetchFrom } from '../support/raw-request.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let testApp: TestApp & { stop(): Promise<void> };
let admin: Person;
let ada: Person;
beforeEach(async () => {
  testApp = await startTestApp();
  admin = await signUpAdmin(testApp);
  ada = await signUp(testApp);
});
afterEach(() => testApp.stop());

const lifetimeSeconds = () => testApp.config.tokens.accessTokenSeconds;
/** What others may keep the keys, and what clocks may be apart. */
const leadSeconds = 300 + 60;
const rows = () => testApp.database.prisma.signingKey.findMany({ orderBy: { signsFrom: 'asc' } });

describe('rotateSigningKey', () => {
  it('publishes the next key at once, which signs once everybody can know it', async () => {
    const { headers } = await fetchFrom(testApp, '/.well-known/jwks.json');
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    const first = kidOf(ada);
    expect(await rotate(testApp, admin)).toEqual({ __typename: 'Ack', ok: true });

    const published = await publishedBy(testApp);
    expect(published).toHaveLength(2);
    const [next] = published.filter((kid) => kid !== first);
    testApp.clock.advance(leadSeconds - 60);
    expect(kidOf(await signIn(testApp, ada))).toBe(first);
    testApp.clock.advance(61);
    const renewed = await signIn(testApp, ada);
    expect(kidOf(renewed)).toBe(next);
    expect(await statusOf(testApp, ada)).toBe(200);
    expect(await statusOf(testApp, renewed)).toBe(200);
  });

  it('keeps the key before until its last token is out, then no more', async () => {
    await rotate(testApp, admin);
    testApp.clock.advance(leadSeconds - 60);
    const last = await signIn(testApp, ada);
    testApp.clock.advance(lifetimeSeconds() - 60);
    expect(await statusOf(testApp, last)).toBe(200);
    expect(await publishedBy(testApp)).toContain(kidOf(last));
    testApp.clock.advance(60 + 60 + 60);
    expect(await publishedBy(testApp)).toEqual([kidOf(await signIn(testApp, ada))]);
    expect(await statusOf(testApp, last)).toBe(401);
  });

  it('ends what compromised keys have signed, also the next one, and signs with a new one', async () => {
    await rotate(testApp, admin);
    const before = await publishedBy(testApp);
    expect(await statusOf(testApp, ada)).toBe(200);
    await rotate(testApp, admin, true);

    expect(await statusOf(testApp, ada)).toBe(401);
    expect(await statusOf(testApp, admin)).toBe(401);
    const renewed = await signIn(testApp, ada);
    expect(await statusOf(testApp, renewed)).toBe(200);
    expect(before).not.toContain(kidOf(renewed));
    expect(await publishedBy(testApp)).toEqual([kidOf(renewed)]);
    expect(await rows()).toHaveLength(1);
  });

  it('never leaves a moment without a key that signs, however often it is called', async () => {
    for (let calls = 0; calls < 3; calls += 1) {
      expect(await rotate(testApp, admin)).toMatchObject({ ok: true });
      testApp.clock.advance(100);
      expect(await statusOf(testApp, await signIn(testApp, ada))).toBe(200);
    }
    const keys = await rows();
    expect(keys).toHaveLength(4);
    expect(keys.map(({ retiredAt }) => retiredAt)).toEqual([
      ...keys.slice(1).map(({ signsFrom }) => signsFrom),
      null,
    ]);
  });

  it('asks for a recent proof of who one is: STEP_UP_REQUIRED', async () => {
    await testApp.database.prisma.session.update({
      where: { id: admin.sessionId },
      data: { authenticatedAt: new Date(Date.now() - 601_000) },
    });
    const code = 'STEP_UP_REQUIRED';
    const refusal = { __typename: 'StepUpRequiredError', code, maxAgeSeconds: 600 };
    expect(await rotate(testApp, admin, true)).toEqual(refusal);
    expect(await rows()).toHaveLength(1);
    expect(await statusOf(testApp, ada)).toBe(200);
  });

  it('is remembered in the audit trail, by whom and from where', async () => {
    await rotate(testApp, admin, true);
    const [key] = await rows();
    const entries = await testApp.database.prisma.auditEvent.findMany({
      where: { action: 'signing-key.rotated' },
      include: { origin: true },
    });
    expect(entries).toEqual([
      expect.objectContaining({
        actorId: admin.userId,
        metadata: {
          kid: key?.id,
          algorithm: 'EdDSA',
          compromised: true,
          signsFrom: key?.signsFrom.toISOString(),
        },
        origin: expect.objectContaining({ ipAddress: '192.0.2.1', userAgent: 'tests' }),
      }),
    ]);
  });
});
