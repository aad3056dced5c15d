import type { EventTopic, LoggedEvent } from '../../generated/prisma/client.ts';

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

/** Tells whether a reader wants an event, as `findMatching` asks the database. */
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
