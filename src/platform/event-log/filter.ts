import type { EventTopic, LoggedEvent, Prisma } from '../../generated/prisma/client.ts';

/** Which events a reader wants; the same question to the database and to an event in hand. */
export interface EventFilter {
  /** The user whose events are wanted, of every topic; null wants those of no user. */
  userId: string | null;
  /** Topics of which every event is wanted, whomever it concerns. */
  wholeTopics: readonly EventTopic[];
  /** Channels of which every event is wanted, whatever its topic. */
  audiences: readonly string[];
  /** Leaves out all other topics; null leaves out none. */
  topics: readonly EventTopic[] | null;
}

/** Writes a filter as a condition for the database. */
export function whereMatches(filter: EventFilter): Prisma.LoggedEventWhereInput {
  const { userId, audiences, topics } = filter;
  const wholeTopics = filter.wholeTopics.filter((topic) => topics?.includes(topic) ?? true);
  const alternatives: Prisma.LoggedEventWhereInput[] = [
    ...(userId === null ? [] : [{ userId }]),
    ...(wholeTopics.length === 0 ? [] : [{ topic: { in: wholeTopics } }]),
    ...(audiences.length === 0 ? [] : [{ audience: { in: [...audiences] } }]),
  ];
  return {
    ...(topics !== null && { topic: { in: [...topics] } }),
    // Alone where it can be: an index has its rows in order, those of alternatives are sorted.
    ...(alternatives.length === 1 ? { AND: alternatives } : { OR: alternatives }),
  };
}

/** Tells whether a reader wants an event, as the database would. */
export function matches(
  { userId, topic, audience }: Pick<LoggedEvent, 'userId' | 'topic' | 'audience'>,
  filter: EventFilter,
): boolean {
  const isWanted = filter.topics?.includes(topic) ?? true;
  if (!isWanted) return false;
  if (userId !== null && userId === filter.userId) return true;
  if (filter.wholeTopics.includes(topic)) return true;
  return audience !== null && filter.audiences.includes(audience);
}
