import type { EventTopic, LoggedEvent, Prisma } from '../../generated/prisma/client.ts';

/** Which events a reader wants; the same question to the database and to an event in hand. */
export interface EventFilter {
  /** The user whose events are wanted, of every topic. */
  userId: string;
  /** Topics of which every event is wanted, whomever it concerns. */
  wholeTopics: readonly EventTopic[];
  /** Leaves out all other topics; null leaves out none. */
  topics: readonly EventTopic[] | null;
}

/** Writes a filter as a condition for the database. */
export function whereMatches(filter: EventFilter): Prisma.LoggedEventWhereInput {
  const { userId, topics } = filter;
  const wholeTopics = filter.wholeTopics.filter((topic) => topics?.includes(topic) ?? true);
  return {
    ...(topics !== null && { topic: { in: [...topics] } }),
    // Alone where it can be: two alternatives keep the database from the index by user.
    ...(wholeTopics.length === 0
      ? { userId }
      : { OR: [{ userId }, { topic: { in: wholeTopics } }] }),
  };
}

/** Tells whether a reader wants an event, as the database would. */
export function matches(
  { userId, topic }: Pick<LoggedEvent, 'userId' | 'topic'>,
  filter: EventFilter,
): boolean {
  const isWanted = filter.topics?.includes(topic) ?? true;
  return isWanted && (userId === filter.userId || filter.wholeTopics.includes(topic));
}
