import { beforeEach, describe, expect, it } from 'vitest';
import { encodeEventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { graphql } from '../generated/index.ts';
import { type LiveAnswers, subscribe } from '../support/live-answers.ts';
import { demote, type Person, promote, signUp, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';
import { rename, settle } from '../support/user-stream.ts';
import { followVisible, nextEvents, VisibleEvents } from '../support/visible-events.ts';

const SignOut = graphql(`
  mutation VisibleEventsViewersSignOut { signOut { __typename } }
`);
const TopicsAlone = graphql(`
  subscription TopicsAlone($after: EventCursor) {
    events(topics: [USER], after: $after) { ... on EventEnvelope { topic } }
  }
`);
const start = encodeEventCursor(logStart);

describe('whoever follows all events', () => {
  const testApp = useTestApp();
  let admin: Person;
  let ada: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
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
    await expectEnd(await subscribe(testApp, VisibleEvents, { after: start }), 'UNAUTHENTICATED');
  });

  it('is told nothing of others after a demotion, which ends the stream: FORBIDDEN', async () => {
    const stream = await followVisible(testApp, admin, { topics: ['USER'] });
    await rename(testApp, ada, 'Augusta');
    expect(await nextEvents(stream, 1)).toMatchObject([{ event: { userId: ada.id } }]);

    await demote(testApp, admin);
    await rename(testApp, ada, 'Ada King');
    await expectEnd(stream, 'FORBIDDEN');
  });

  it('is told nothing even where nothing of the event is read: FORBIDDEN', async () => {
    const stream = await subscribe(testApp, TopicsAlone, { after: start }, admin);
    expect(await stream.nextData()).toEqual({ events: { topic: 'USER' } });
    await demote(testApp, admin);
    await rename(testApp, ada, 'Augusta');
    // What was being answered meanwhile may still come, and so does what concerns themself.
    let answer = await stream.next();
    while (answer?.data) answer = await stream.next();
    expect(answer?.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await stream.next()).toBeNull();
  });

  it('goes on with what is left after a demotion, by coming back', async () => {
    const stream = await followVisible(testApp, admin, { topics: ['USER'], after: start });
    const [seen] = await nextEvents(stream, 1);
    await stream.leave();
    await demote(testApp, admin);
    await rename(testApp, ada, 'Augusta');
    await rename(testApp, admin, 'Admin');
    const resumed = await followVisible(testApp, admin, {
      topics: ['USER'],
      after: seen?.event.cursor ?? '',
    });
    expect(await nextEvents(resumed, 1)).toMatchObject([{ event: { userId: admin.id } }]);
    await resumed.leave();
  });

  it('is told of others after a promotion when they come back', async () => {
    const stream = await followVisible(testApp, ada, { topics: ['USER'] });
    await promote(testApp, ada);
    await rename(testApp, admin, 'Admin');
    await rename(testApp, ada, 'Augusta');
    const [seen] = await nextEvents(stream, 1);
    expect(seen).toMatchObject({ event: { userId: ada.id } });
    await stream.leave();

    await rename(testApp, admin, 'Root');
    const resumed = await followVisible(testApp, ada, {
      topics: ['USER'],
      after: seen?.event.cursor ?? '',
    });
    expect(await nextEvents(resumed, 1)).toMatchObject([{ event: { userId: admin.id } }]);
    await resumed.leave();
  });

  it('is nobody whose session has ended: UNAUTHENTICATED', async () => {
    const stream = await followVisible(testApp, admin, { topics: ['USER'] });
    await rename(testApp, ada, 'Augusta');
    await nextEvents(stream, 1);
    await ask(testApp, SignOut, {}, admin);
    await rename(testApp, ada, 'Ada King');
    await expectEnd(stream, 'UNAUTHENTICATED');
  });

  it('is refused a cursor that was made up, which is not repeated: BAD_USER_INPUT', async () => {
    const stream = await subscribe(testApp, VisibleEvents, { after: 'made up' }, ada);
    const answer = await stream.next();
    expect(answer?.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(JSON.stringify(answer)).not.toContain('made up');
  });
});
