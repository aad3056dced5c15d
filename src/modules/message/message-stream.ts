import type { LoggedEvent, Message } from '../../generated/prisma/client.ts';
import { batchLoads } from '../../platform/batch-loads.ts';
import type { Database } from '../../platform/database/database.ts';
import { streamEvents } from '../../platform/event-log/stream.ts';
import type { StreamEntry, StreamedEvent } from '../../platform/event-log/stream-entries.ts';
import type { EventTail } from '../../platform/event-log/tail.ts';
import type { Viewer } from '../role/viewer.ts';
import { standing } from '../user/account-removal.ts';
import { messageIdOf, messageReceivedType } from './message.events.ts';

/** A message as it is told, and the event that says so: the same for all who are told. */
export interface ReceivedMessage extends StreamedEvent {
  message: Message;
}

/** Follows what comes from now on: to a viewer when the channel is null, else to that channel. */
export type FollowMessages = (
  viewer: Viewer,
  channel: string | null,
) => AsyncIterableIterator<ReceivedMessage, undefined>;

/**
 * Builds what follows new messages. A message that is gone by the time it would be told is left out,
 * and so is what a reader was too slow for: who must miss nothing follows `events`.
 */
export function createFollowMessages(prisma: Database['prisma'], tail: EventTail): FollowMessages {
  const load = batchLoads(async (ids) => {
    const messages = await prisma.message.findMany({
      where: { id: { in: [...ids] }, ...standing },
    });
    return new Map(messages.map((message) => [message.id, message]));
  });
  return ({ userId }, channel) => {
    const audiences = channel === null ? [] : [channel];
    const filter = { userId, wholeTopics: [], audiences, topics: ['MESSAGE' as const] };
    const entries = streamEvents({ prisma, tail }, { after: null, filter });
    return mapped(entries, async (entry) => {
      if (entry.kind !== 'event' || !isFor(channel, entry.event)) return null;
      const message = await load(messageIdOf(entry.event));
      return message && { ...entry, message };
    });
  };
}

function isFor(channel: string | null, { type, audience }: LoggedEvent): boolean {
  return type === messageReceivedType && audience === channel;
}

type Entries = AsyncIterableIterator<StreamEntry, undefined>;

/**
 * Turns what a stream tells into something else, leaving out what becomes null. Begins at once, so
 * that whoever knows that they follow hears of all that happens later.
 */
function mapped(
  entries: Entries,
  toItem: (entry: StreamEntry) => Promise<ReceivedMessage | null>,
): AsyncIterableIterator<ReceivedMessage, undefined> {
  let first: Promise<IteratorResult<StreamEntry, undefined>> | null = entries.next();
  // Told to whoever asks for the first item; until then it is nobody's.
  first.catch(() => {});
  const nextEntry = () => {
    const next = first ?? entries.next();
    first = null;
    return next;
  };
  return {
    async next() {
      for (let entry = await nextEntry(); entry.done !== true; entry = await nextEntry()) {
        const value = await toItem(entry.value);
        if (value !== null) return { done: false, value };
      }
      return { done: true, value: undefined };
    },
    async return() {
      await entries.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
