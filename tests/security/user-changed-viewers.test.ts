import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeEventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { graphql } from '../generated/index.ts';
import { type LiveAnswers, subscribe } from '../support/live-answers.ts';
import { demote, globalId, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';
import {
  followUser,
  followUserOn,
  readItem,
  rename,
  settle,
  UserStream,
} from '../support/user-stream.ts';

const SignOut = graphql(`
  mutation UserChangedSignOut { signOut { __typename } }
`);
const TopicStream = graphql(`
  subscription TopicStream($id: ID!, $after: EventCursor) {
    userChanged(id: $id, after: $after) { ... on EventEnvelope { topic replayed } }
  }
`);
const start = encodeEventCursor(logStart);

describe('who may follow an account', () => {
  const testApp = useTestApp();
  let admin: Person;
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
    await settle(testApp, bob);
  });

  /** Expects a refusal and the end, without any data. */
  async function expectEnd(stream: LiveAnswers<unknown>, code: string): Promise<void> {
    const answer = await stream.next();
    expect(answer?.data ?? null).toBeNull();
    expect(answer?.errors).toMatchObject([{ extensions: { code } }]);
    expect(await stream.next()).toBeNull();
  }
  it('is the user themself', async () => {
    const stream = await followUser(testApp, ada.id, ada, start);
    expect((await readItem(stream)).says).toBe('old CREATED');
    await stream.leave();
  });

  it('is whoever may read users', async () => {
    const stream = await followUser(testApp, ada.id, admin, start);
    expect((await readItem(stream)).says).toBe('old CREATED');
    await stream.leave();
  });

  it.each([
    ['another user', () => bob.id],
    ['nobody', () => globalId('User', randomUUID())],
  ])('is no user who asks for %s: FORBIDDEN', async (_whom, id) => {
    await expectEnd(await followUser(testApp, id(), ada, start), 'FORBIDDEN');
  });

  it('is no stranger: UNAUTHENTICATED', async () => {
    await expectEnd(await followUser(testApp, ada.id, undefined, start), 'UNAUTHENTICATED');
  });

  it('is asked again for each event: FORBIDDEN', async () => {
    const stream = await followUserOn(testApp, bob.id, admin);
    expect((await readItem(stream)).says).toBe('caught up');
    await rename(testApp, bob, 'Rob');
    expect((await readItem(stream)).says).toBe('UPDATED');

    await demote(testApp, admin);
    await rename(testApp, bob, 'Robert');
    await expectEnd(stream, 'FORBIDDEN');
  });

  it('is asked again even where nothing of the account is read: FORBIDDEN', async () => {
    const variables = { id: ada.id, after: start };
    const stream = await subscribe(testApp, TopicStream, variables, admin);
    expect(await stream.nextData()).toEqual({ userChanged: { topic: 'USER', replayed: true } });
    expect(await stream.nextData()).toEqual({ userChanged: {} });

    await demote(testApp, admin);
    await rename(testApp, ada, 'Augusta');
    await expectEnd(stream, 'FORBIDDEN');
  });

  it('is nobody whose session has ended: UNAUTHENTICATED', async () => {
    const stream = await followUserOn(testApp, bob.id, admin);
    expect((await readItem(stream)).says).toBe('caught up');
    await ask(testApp, SignOut, {}, admin);
    await rename(testApp, bob, 'Robert');
    await expectEnd(stream, 'UNAUTHENTICATED');
  });

  it.each([
    ['a cursor that was made up', { after: 'made up' }],
    ['the id of a session', { id: globalId('Session', randomUUID()) }],
    ['an id that was made up', { id: 'made up' }],
  ])('is not asked over %s, which is not repeated: BAD_USER_INPUT', async (_title, unfit) => {
    const stream = await subscribe(testApp, UserStream, { id: ada.id, ...unfit }, ada);
    const answer = await stream.next();
    expect(answer?.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(JSON.stringify(answer)).not.toContain(Object.values(unfit)[0]);
    expect(await stream.next()).toBeNull();
  });
});
