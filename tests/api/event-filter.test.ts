import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoggedEvent } from '../../src/generated/prisma/client.ts';
import { EventTopic } from '../../src/generated/prisma/enums.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { type EventFilter, matches } from '../../src/platform/event-log/filter.ts';
import { findMatching } from '../../src/platform/event-log/find-matching.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

const [ada, bob, stranger] = [randomUUID(), randomUUID(), randomUUID()];
const everyTopic = Object.values(EventTopic);

const someTopics = fc.subarray(everyTopic);
const anyFilter: fc.Arbitrary<EventFilter> = fc.record({
  userId: fc.constantFrom(ada, bob, stranger),
  wholeTopics: someTopics,
  audiences: fc.subarray(['broadcast', 'role:admin']),
  topics: fc.option(someTopics),
});
/** One of each kind that a filter can tell apart. */
const everyEvent = everyTopic.flatMap((topic) =>
  [
    ...[ada, bob, null].map((userId) => ({ userId })),
    ...['broadcast', 'role:admin', 'role:user'].map((audience) => ({ userId: null, audience })),
  ].map((about) => ({ ...about, topic, type: 'Named', data: {} })),
);

const anyPlace = fc.nat({ max: everyEvent.length - 1 });
const anyPart = fc.tuple(anyPlace, anyPlace);
const anyLimit = fc.integer({ min: 1, max: everyEvent.length });

describe('a filter of events', () => {
  let database: Database;
  let logged: LoggedEvent[];
  beforeAll(async () => {
    database = await openTestDatabase();
    const { prisma } = database;
    await prisma.$transaction((transaction) => appendEvents(transaction, everyEvent));
    logged = await prisma.loggedEvent.findMany({ orderBy: { sequence: 'asc' } });
  });
  afterAll(() => database.close());

  it('wants of an event in hand what it wants of the database', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter, anyPart, anyLimit, async (filter, [from, to], limit) => {
        const [after = 0n, upTo = 0n] = [logged[from]?.sequence, logged[to]?.sequence];
        const found = await findMatching(database.prisma, { after, upTo }, filter, limit);
        const part = logged.slice(from + 1, to + 1);
        expect(found).toEqual(part.filter((event) => matches(event, filter)).slice(0, limit));
      }),
    );
  });

  const ofAda = { userId: ada, wholeTopics: [], audiences: [], topics: null };
  const users = EventTopic.USER;
  it.each<
    [string, Pick<LoggedEvent, 'userId' | 'topic'> & { audience?: string }, EventFilter, boolean]
  >([
    ['the user it is about', { userId: ada, topic: users }, ofAda, true],
    ['another user', { userId: bob, topic: users }, ofAda, false],
    ['nobody in particular', { userId: null, topic: users }, ofAda, false],
    [
      'another user, in a whole topic',
      { userId: bob, topic: users },
      { ...ofAda, wholeTopics: [users] },
      true,
    ],
    [
      'nobody, in a whole topic',
      { userId: null, topic: users },
      { ...ofAda, wholeTopics: [users] },
      true,
    ],
    [
      'the user, in another topic',
      { userId: ada, topic: users },
      { ...ofAda, topics: ['SESSION'] },
      false,
    ],
    [
      'another user, in a whole topic that is left out',
      { userId: bob, topic: users },
      { ...ofAda, wholeTopics: [users], topics: ['SESSION'] },
      false,
    ],
    [
      'the user, with every topic left out',
      { userId: ada, topic: users },
      { ...ofAda, topics: [] },
      false,
    ],
    [
      'nobody, for a channel',
      { userId: null, topic: users, audience: 'broadcast' },
      { ...ofAda, audiences: ['broadcast'] },
      true,
    ],
    [
      'nobody, for another channel',
      { userId: null, topic: users, audience: 'role:admin' },
      { ...ofAda, audiences: ['broadcast'] },
      false,
    ],
  ])('decides over an event about %s', (_about, event, filter, isWanted) => {
    expect(matches({ audience: null, ...event }, filter)).toBe(isWanted);
  });
});
