import { beforeEach, describe, expect, it } from 'vitest';
import type { DeletionMode } from '../generated/graphql.ts';
import { deleteUser, runDeletionJobs } from '../support/deletion.ts';
import {
  block,
  bodiesSeen,
  broadcast,
  markRead,
  messageEvents,
  SendMessage,
  sendMessage,
  write,
} from '../support/messages.ts';
import { type Person, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { createRace, type Race, rows, table, untilWaiting } from '../support/race.ts';
import { createRandom } from '../support/random.ts';
import { codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const random = createRandom(seed);
const rounds = 8;
const modes: DeletionMode[] = ['ANONYMIZE', 'ERASE'];

describe(`messages at the same moment (TEST_SEED=${seed})`, { timeout: 60_000 }, () => {
  const testApp = useTestApp();
  let race: Race;
  let admin: Person;
  beforeEach(async () => {
    if (testApp.database.driver.kind !== 'postgres') throw new Error('It needs PostgreSQL.');
    race = createRace(testApp, random);
    admin = await signUpAdmin(testApp);
  });

  it('are sent once under one key, and both calls answer the same', async () => {
    const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
    for (let round = 0; round < rounds; round++) {
      const input = { recipientId: bob.id, body: 'Hello', idempotencyKey: `${round}` };
      const once = () => sendMessage(testApp, ada, input);
      const [one, other] = await race([table('message'), table('idempotency_key')], once, once);
      expect(one).toMatchObject({ __typename: 'Message' });
      expect(other).toEqual(one);
    }
    expect(await messageEvents(testApp, bob)).toHaveLength(rounds);
  });

  it('keep to one of two texts under one key', async () => {
    const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
    for (let round = 0; round < rounds; round++) {
      const attempt = (body: string) => () =>
        sendMessage(testApp, ada, { recipientId: bob.id, body, idempotencyKey: `${round}` });
      const both = await race([table('idempotency_key')], attempt('one'), attempt('other'));
      expect(both.map((answer) => answer?.__typename).sort()).toEqual(['ConflictError', 'Message']);
    }
  });

  describe.each(modes)('and a deletion by %s', (mode) => {
    const left = ({ userId }: Person) =>
      testApp.database.prisma.message.count({
        where: { OR: [{ senderId: userId }, { recipientId: userId }] },
      });

    it('leave nothing that came to who is gone, and fail in no other way', async () => {
      const ada = await signUp(testApp, 'Ada');
      for (let round = 0; round < rounds; round++) {
        const bob = await signUp(testApp, 'Bob');
        const [sent] = await race(
          [rows('user'), table('message')],
          () => sendMessage(testApp, ada, { recipientId: bob.id, body: 'Hello' }),
          () => deleteUser(testApp, admin, bob.id, mode),
        );
        expect(['Message', 'NotFoundError']).toContain(sent?.__typename);
        await runDeletionJobs(testApp, bob);
        expect(await left(bob)).toBe(0);
      }
    });

    it('leave nothing by the name of who is gone, and fail in no other way', async () => {
      const ada = await signUp(testApp, 'Ada');
      for (let round = 0; round < rounds; round++) {
        const bob = await signUp(testApp, 'Bob');
        const input = { recipientId: ada.id, body: 'Hello' };
        const [answer] = await race(
          [rows('user'), table('message')],
          () => send(testApp, SendMessage, { input }, bob),
          () => deleteUser(testApp, admin, bob.id, mode),
        );
        expect([[], ['FORBIDDEN'], ['UNAUTHENTICATED']]).toContainEqual(codesOf(answer));
        await runDeletionJobs(testApp, bob);
        expect(await left(bob)).toBe(0);
      }
    });

    it('mark what there is, and wait for each other in no circle', async () => {
      const ada = await signUp(testApp, 'Ada');
      for (let round = 0; round < rounds; round++) {
        const bob = await signUp(testApp, 'Bob');
        const ids: string[] = [];
        for (const body of ['1', '2', '3']) ids.push(await write(testApp, bob, ada, body));
        const [answer] = await race(
          [rows('message'), rows('user')],
          () => markRead(testApp, ada, ids.toReversed()),
          () => deleteUser(testApp, admin, bob.id, mode).then(() => runDeletionJobs(testApp, bob)),
        );
        expect(['Ack', 'NotFoundError']).toContain(answer?.__typename);
      }
    });

    it('leave no block behind', async () => {
      const ada = await signUp(testApp, 'Ada');
      for (let round = 0; round < rounds; round++) {
        const bob = await signUp(testApp, 'Bob');
        const [answer] = await race(
          [rows('user'), table('user_block')],
          () => block(testApp, ada, bob),
          () => deleteUser(testApp, admin, bob.id, mode),
        );
        expect(['Ack', 'NotFoundError']).toContain(answer?.__typename);
        await runDeletionJobs(testApp, bob);
        expect(await testApp.database.prisma.userBlock.count()).toBe(0);
      }
    });
  });

  it('do not keep whoever gets them from being suspended', async () => {
    const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
    let sending: Promise<unknown> | undefined;
    await testApp.database.prisma.$transaction(async (transaction) => {
      await transaction.$executeRawUnsafe(table('message'));
      sending = write(testApp, ada, bob, 'Hello');
      sending.catch(() => {});
      await untilWaiting(testApp, (waiting) => waiting === 1);
      // Commits while the message is on its way.
      await suspend(testApp, bob);
    });
    await sending;
    const input = { recipientId: bob.id, body: 'Hello' };
    expect(await sendMessage(testApp, ada, input)).toMatchObject({ __typename: 'NotFoundError' });
  });

  it('are kept out or not, whole, when the block comes at the same moment', async () => {
    for (let round = 0; round < rounds; round++) {
      const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
      await race(
        [table('message'), table('user_block')],
        () => write(testApp, ada, bob, 'Hello'),
        () => block(testApp, bob, ada),
      );
      const events = await messageEvents(testApp, bob);
      const seen = await bodiesSeen(testApp, bob, { with: ada.id });
      expect(seen).toEqual(events.map(([, body]) => body));
      await write(testApp, ada, bob, 'after');
      expect(await bodiesSeen(testApp, bob)).toEqual(seen);
    }
  });

  it('go to a channel or are refused when the role goes at the same moment', async () => {
    for (let round = 0; round < rounds; round++) {
      const { prisma } = testApp.database;
      const role = await prisma.role.create({ data: { key: `crew-${round}` } });
      const channel = `role:crew-${round}`;
      const [answer] = await race(
        [rows('role')],
        () => broadcast(testApp, admin, { channel, body: 'Hello' }),
        () => prisma.role.delete({ where: { id: role.id } }),
      );
      expect(['Message', 'ValidationError']).toContain(answer?.__typename);
    }
  });
});
