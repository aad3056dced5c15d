import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { deleteUser } from '../support/deletion.ts';
import { globalId, type Person, signIn, signUp, signUpAdmin, suspend } from '../support/people.ts';
import {
  connect,
  followPresence,
  nextPresence,
  readPresences,
  setPresence,
} from '../support/presence.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Block = graphql(`
  mutation BlockFollower($id: ID!) { blockUser(id: $id) { __typename } }
`);
const Unblock = graphql(`
  mutation UnblockFollower($id: ID!) { unblockUser(id: $id) { __typename } }
`);
const Suspend = graphql(`
  mutation SuspendWhoIsHere($id: ID!) { suspendUser(id: $id, reason: "a test") { __typename } }
`);
const Restore = graphql(`
  mutation RestoreWhoWasHere($id: ID!) { restoreUser(id: $id) { __typename } }
`);

describe('presenceChanged', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  let eve: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
    eve = await signUp(testApp, 'Eve');
  });
  const follow = (...people: Person[]) =>
    followPresence(
      testApp,
      eve,
      people.map(({ id }) => id),
    );

  it('tells of each user as they are, in the order asked for, then of each change', async () => {
    await connect(testApp, bob);
    const stream = await follow(ada, bob);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    expect(await nextPresence(stream)).toEqual({
      userId: ada.id,
      status: 'OFFLINE',
      connections: 0,
      lastSeenAt: null,
      user: { id: ada.id, displayName: 'Ada' },
    });
    expect(await readPresences(stream, 1)).toEqual(['Bob ONLINE']);

    await connect(testApp, ada);
    expect(await readPresences(stream, 1)).toEqual(['Ada ONLINE']);
    await setPresence(testApp, bob, 'AWAY');
    expect(await readPresences(stream, 1)).toEqual(['Bob AWAY']);
    await setPresence(testApp, ada, 'OFFLINE');
    expect(await readPresences(stream, 1)).toEqual(['Ada OFFLINE']);
    await stream.leave();
  });

  it('tells what a user chose on one device to those who follow on all', async () => {
    const phone = await signIn(testApp, ada);
    await connect(testApp, ada);
    const streams = [
      await followPresence(testApp, ada, [ada.id]),
      await followPresence(testApp, phone, [ada.id]),
    ];
    for (const stream of streams) {
      expect(await readPresences(stream, 1)).toEqual(['Ada ONLINE']);
    }
    await setPresence(testApp, phone, 'AWAY');
    for (const stream of streams) {
      expect(await readPresences(stream, 1)).toEqual(['Ada AWAY']);
      await stream.leave();
    }
  });

  it('keeps silent about a choice of somebody who is not connected', async () => {
    const stream = await follow(ada, bob);
    expect(await readPresences(stream, 2)).toEqual(['Ada OFFLINE', 'Bob OFFLINE']);
    await setPresence(testApp, ada, 'AWAY');
    await connect(testApp, bob);
    expect(await readPresences(stream, 1)).toEqual(['Bob ONLINE']);
    await stream.leave();
  });

  it('tells nobody twice who is asked for twice', async () => {
    const stream = await follow(ada, ada, bob, ada);
    expect(await readPresences(stream, 2)).toEqual(['Ada OFFLINE', 'Bob OFFLINE']);
    await connect(testApp, ada);
    expect(await readPresences(stream, 1)).toEqual(['Ada ONLINE']);
    await stream.leave();
  });

  it('leaves out, without a word, whom the viewer may not see', async () => {
    const [suspended, deleted, stranger] = [
      await signUp(testApp, 'Mallory'),
      await signUp(testApp, 'Gone'),
      { ...ada, id: globalId('User', randomUUID()) },
    ];
    for (const person of [suspended, deleted]) await connect(testApp, person);
    await suspend(testApp, suspended);
    const admin = await signUpAdmin(testApp);
    await deleteUser(testApp, admin, deleted.id);
    const stream = await follow(suspended, deleted, stranger, ada);
    expect(await readPresences(stream, 1)).toEqual(['Ada OFFLINE']);
    await connect(testApp, ada);
    expect(await readPresences(stream, 1)).toEqual(['Ada ONLINE']);
    await stream.leave();
  });

  it('shows the suspended, who are never there, to whoever may read users', async () => {
    const admin = await signUpAdmin(testApp);
    await connect(testApp, ada);
    await suspend(testApp, ada);
    const stream = await followPresence(testApp, admin, [ada.id]);
    expect(await nextPresence(stream)).toMatchObject({ status: 'OFFLINE', connections: 0 });
    await stream.leave();
  });

  it('tells whoever is blocked meanwhile of a departure, and others nothing', async () => {
    const other = await signUp(testApp, 'Other');
    await connect(testApp, ada);
    const [blocked, unblocked] = [
      await follow(ada, bob),
      await followPresence(testApp, other, [ada.id, bob.id]),
    ];
    for (const stream of [blocked, unblocked]) {
      expect(await readPresences(stream, 2)).toEqual(['Ada ONLINE', 'Bob OFFLINE']);
    }
    await ask(testApp, Block, { id: eve.id }, ada);
    expect(await readPresences(blocked, 1)).toEqual(['Ada OFFLINE']);
    await setPresence(testApp, ada, 'AWAY');
    expect(await readPresences(unblocked, 1)).toEqual(['Ada AWAY']);
    await connect(testApp, bob);
    expect(await readPresences(blocked, 1)).toEqual(['Bob ONLINE']);
    await ask(testApp, Unblock, { id: eve.id }, ada);
    expect(await readPresences(blocked, 1)).toEqual(['Ada AWAY']);
    expect(await readPresences(unblocked, 1)).toEqual(['Bob ONLINE']);
    await blocked.leave();
    await unblocked.leave();
  });

  it('tells that somebody is gone who is suspended, and when they are back', async () => {
    const admin = await signUpAdmin(testApp);
    await connect(testApp, ada);
    const stream = await follow(ada);
    expect(await readPresences(stream, 1)).toEqual(['Ada ONLINE']);
    await ask(testApp, Suspend, { id: ada.id }, admin);
    expect(await readPresences(stream, 1)).toEqual(['nobody OFFLINE']);
    await ask(testApp, Restore, { id: ada.id }, admin);
    const back = await signIn(testApp, ada);
    await setPresence(testApp, back, 'AWAY');
    expect((await readPresences(stream, 1))[0]).toMatch(/^Ada (ONLINE|AWAY)$/);
    await stream.leave();
  });

  it.each(['ANONYMIZE', 'ERASE'] as const)(
    'tells that somebody is gone whose account is deleted, %s',
    async (mode) => {
      const admin = await signUpAdmin(testApp);
      await connect(testApp, ada);
      const stream = await follow(ada);
      expect(await readPresences(stream, 1)).toEqual(['Ada ONLINE']);
      await deleteUser(testApp, admin, ada.id, mode);
      expect(await nextPresence(stream)).toEqual({
        userId: ada.id,
        status: 'OFFLINE',
        connections: 0,
        lastSeenAt: null,
        user: null,
      });
      await stream.leave();
    },
  );
});
