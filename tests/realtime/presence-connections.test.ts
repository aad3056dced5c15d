import { beforeEach, describe, expect, it } from 'vitest';
import { deleteUser } from '../support/deletion.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { demote, type Person, signIn, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { connect, followPresence, readPresences } from '../support/presence.ts';
import { followOver, nextOver } from '../support/presence-socket.ts';
import { openConversation } from '../support/socket-client.ts';

describe('the presence of users with connections of their own', () => {
  const app = useListeningApp();
  let ada: Person;
  let eve: Person;
  beforeEach(async () => {
    ada = await signUp(app, 'Ada');
    eve = await signUp(app, 'Eve');
  });
  const open = ({ accessToken }: Person) => openConversation(app, { token: accessToken });

  it('comes with the first socket, and goes some seconds after the last', async () => {
    const watching = await open(eve);
    followOver(watching, [ada.id], 'ada');
    expect(await nextOver(watching, 'ada')).toMatchObject({ userId: ada.id, status: 'OFFLINE' });

    const [laptop, phone] = [await open(ada), await open(await signIn(app, ada))];
    expect(await nextOver(watching, 'ada')).toMatchObject({ userId: ada.id, status: 'ONLINE' });
    for (const device of [laptop, phone]) {
      device.close();
      await device.closed;
    }
    expect(await nextOver(watching, 'ada')).toMatchObject({ userId: ada.id, status: 'OFFLINE' });
    watching.close();
  });

  it('comes with an event stream, too', async () => {
    const watching = await open(eve);
    followOver(watching, [ada.id], 'ada');
    expect((await nextOver(watching, 'ada')).status).toBe('OFFLINE');
    const stream = await followPresence(app, ada, []);
    expect((await nextOver(watching, 'ada')).status).toBe('ONLINE');
    await stream.leave();
    watching.close();
  });

  it('is the same for a reader over an event stream as over a socket', async () => {
    const socket = await open(eve);
    followOver(socket, [ada.id], 'ada');
    const stream = await followPresence(app, eve, [ada.id]);
    const both = async () => [
      `Ada ${(await nextOver(socket, 'ada')).status}`,
      ...(await readPresences(stream, 1)),
    ];
    expect(await both()).toEqual(['Ada OFFLINE', 'Ada OFFLINE']);
    await connect(app, ada);
    expect(await both()).toEqual(['Ada ONLINE', 'Ada ONLINE']);
    await stream.leave();
    socket.close();
  });

  it('is told no more of those whom the follower may not see any more', async () => {
    const [staff, root] = [await signUpAdmin(app), await signUpAdmin(app)];
    await suspend(app, ada);
    const socket = await open(staff);
    followOver(socket, [ada.id, eve.id], 'staff');
    for (const { id: userId } of [ada, eve]) {
      expect(await nextOver(socket, 'staff')).toEqual({
        userId,
        status: 'OFFLINE',
        user: { id: userId },
      });
    }
    await demote(app, staff);
    expect(await nextOver(socket, 'staff')).toEqual({
      userId: ada.id,
      status: 'OFFLINE',
      user: null,
    });
    await deleteUser(app, root, ada.id);
    await connect(app, eve);
    expect(await nextOver(socket, 'staff')).toMatchObject({ userId: eve.id, status: 'ONLINE' });
    socket.close();
  });

  it('is followed of nobody without a word, and without an end', async () => {
    const socket = await open(eve);
    followOver(socket, [], 'nobody');
    followOver(socket, [ada.id], 'ada');
    expect((await nextOver(socket, 'ada')).status).toBe('OFFLINE');
    await connect(app, ada);
    expect((await nextOver(socket, 'ada')).status).toBe('ONLINE');
    // The first thing that is said of it is the answer to being asked for twice.
    followOver(socket, [], 'nobody');
    expect(await socket.closed).toMatchObject({ code: 4409 });
    await expect(socket.nextOf('nobody')).rejects.toThrow('4409');
  });
});
