import type { EventTopic, LoggedEvent } from '../../generated/prisma/client.ts';
import { type EventFilter, matches } from './filter.ts';
import type { EventPage } from './read.ts';

/** Gets each page once, in order, a gap included; synchronous, it hands slow work on. */
export type TailListener = (page: EventPage) => void;

/** Who listens to a tail, found by what they listen for. */
export interface TailListeners {
  /** Adds a listener, and answers with what removes it. */
  add(listener: TailListener, filter?: EventFilter): () => void;
  /** Finds whom a page concerns, with what it has for them; a gap concerns all. */
  concernedBy(page: EventPage): Iterable<[TailListener, EventPage]>;
}

interface Listening {
  listener: TailListener;
  filter: EventFilter | null;
}

/** Listeners by something that an event has one of. */
type Index<Key> = Map<Key, Set<Listening>>;

/** Creates the index; an event touches only those whose filters lead to it. */
export function createTailListeners(): TailListeners {
  const all = new Set<Listening>();
  const unfiltered = new Set<Listening>();
  const byUser: Index<string> = new Map();
  const byTopic: Index<EventTopic> = new Map();
  const byAudience: Index<string> = new Map();

  function* concernedByEvent({ userId, topic, audience }: LoggedEvent): Iterable<Listening> {
    yield* unfiltered;
    yield* (userId !== null && byUser.get(userId)) || [];
    yield* byTopic.get(topic) ?? [];
    yield* (audience !== null && byAudience.get(audience)) || [];
  }

  function* concernedBy(page: EventPage): Iterable<[TailListener, EventPage]> {
    const wanted = new Map<Listening, LoggedEvent[]>();
    for (const event of page.events) {
      for (const listening of concernedByEvent(event)) {
        if (listening.filter && !matches(event, listening.filter)) continue;
        const events = wanted.get(listening);
        if (events === undefined) wanted.set(listening, [event]);
        // One may be led to by several indices.
        else if (events.at(-1) !== event) events.push(event);
      }
    }
    for (const listening of page.gap === null ? wanted.keys() : all) {
      const events = wanted.get(listening) ?? [];
      const isAll = events.length === page.events.length;
      yield [listening.listener, isAll ? page : { ...page, events }];
    }
  }

  return {
    add(listener, filter) {
      const listening = { listener, filter: filter ?? null };
      const undo = [
        insert(all, listening),
        ...(filter === undefined
          ? [insert(unfiltered, listening)]
          : [
              insertAt(byUser, filter.userId, listening),
              ...filter.wholeTopics.map((topic) => insertAt(byTopic, topic, listening)),
              ...filter.audiences.map((audience) => insertAt(byAudience, audience, listening)),
            ]),
      ];
      return () => {
        for (const remove of undo) remove();
      };
    },
    concernedBy,
  };
}

function insert(into: Set<Listening>, listening: Listening): () => void {
  into.add(listening);
  return () => void into.delete(listening);
}

function insertAt<Key>(index: Index<Key>, key: Key, listening: Listening): () => void {
  const there = index.get(key) ?? new Set();
  index.set(key, there.add(listening));
  return () => {
    there.delete(listening);
    if (there.size === 0 && index.get(key) === there) index.delete(key);
  };
}
