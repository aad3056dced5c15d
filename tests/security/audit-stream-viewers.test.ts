import { beforeEach, describe, expect, it } from 'vitest';
import { encodeEventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { AuditStream, followAudit, nextAudit } from '../support/audit-stream.ts';
import { listEvents } from '../support/listed-events.ts';
import { type LiveAnswers, subscribe } from '../support/live-answers.ts';
import { demote, type Person, signUp, signUpAdmin, signUpWith } from '../support/people.ts';
import { useTestApp } from '../support/test-app.ts';
import { rename, settle } from '../support/user-stream.ts';

const after = encodeEventCursor(logStart);

describe('whoever follows the audit trail', () => {
  const testApp = useTestApp();
  let ada: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    await settle(testApp, ada);
  });

  /** Expects a refusal and the end, without any data. */
  async function expectEnd(stream: LiveAnswers<unknown>, code: string): Promise<void> {
    const answer = await stream.next();
    expect(answer?.data ?? null).toBeNull();
    expect(answer?.errors).toMatchObject([{ extensions: { code } }]);
    expect(await stream.next()).toBeNull();
  }

  it('is no stranger: UNAUTHENTICATED', async () => {
    await expectEnd(await subscribe(testApp, AuditStream, { after }), 'UNAUTHENTICATED');
  });

  it('is nobody without audit:read, whatever else they may do: FORBIDDEN', async () => {
    const support = await signUpWith(testApp, ['users:read', 'users:write', 'sessions:read']);
    for (const viewer of [ada, support]) {
      await expectEnd(await subscribe(testApp, AuditStream, { after }, viewer), 'FORBIDDEN');
      const { items } = await listEvents(testApp, viewer, { topics: ['AUDIT'] });
      expect(items).toEqual([]);
    }
  });

  it('is whoever has audit:read alone', async () => {
    const auditor = await signUpWith(testApp, ['audit:read']);
    const stream = await followAudit(testApp, auditor, { after });
    expect((await nextAudit(stream)).topic).toBe('AUDIT');
    await stream.leave();
    const { items } = await listEvents(testApp, auditor, { topics: ['USER'] });
    // Their own account, and nobody else's.
    expect(items).toHaveLength(1);
  });

  it('is told nothing more after a demotion: FORBIDDEN', async () => {
    const admin = await signUpAdmin(testApp);
    const stream = await followAudit(testApp, admin);
    await rename(testApp, ada, 'Augusta');
    await nextAudit(stream);
    await demote(testApp, admin);
    await rename(testApp, ada, 'Ada King');
    await expectEnd(stream, 'FORBIDDEN');
  });

  it.each([
    ['a cursor that was made up', { after: 'made up' }],
    ['the name of an act that cannot be one', { filter: { actions: ['MADE up'] } }],
    ['an empty list of acts', { filter: { actions: [] } }],
    ['what cannot be an address', { filter: { ipAddress: 'made up' } }],
  ])('is refused over %s: BAD_USER_INPUT', async (_title, variables) => {
    const admin = await signUpAdmin(testApp);
    const stream = await subscribe(testApp, AuditStream, variables, admin);
    const answer = await stream.next();
    expect(answer?.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await stream.next()).toBeNull();
  });
});
