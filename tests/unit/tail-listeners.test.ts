import { describe, expect, it } from 'vitest';
import type { EventTopic, LoggedEvent } from '../../src/generated/prisma/client.ts';
import { logStart } from '../../src/platform/event-log/cursor.ts';
import { type EventFilter, matches } from '../../src/platform/event-log/filter.ts';
import type { EventPage } from '../../src/platform/event-log/read.ts';
import { createTailListeners } from '../../src/platform/event-log/tail-listeners.ts';

const topics: EventTopic[] = ['USER', 'MESSAGE'];
const subsets = <Item>([first, ...others]: Item[]): Item[][] =>
  first === undefined ? [[]] : subsets(others).flatMap((rest) => [rest, [first, ...rest]]);

const events = [...topics, 'AUDIT' as const].flatMap((topic) =>
  [null, 'ada', 'bob'].flatMap((userId) =>
    [null, 'all', 'role:staff'].map((audience) => ({ topic, userId, audience }) as LoggedEvent),
  ),
);
const filters: EventFilter[] = ['ada', 'eve'].flatMap((userId) =>
  subsets(topics).flatMap((wholeTopics) =>
    subsets(['all', 'role:staff']).flatMap((audiences) =>
      [null, ...subsets(topics)].map((asked) => ({
        userId,
        wholeTopics,
        audiences,
        topics: asked,
      })),
    ),
  ),
);
const page = (some: LoggedEvent[], gap: EventPage['gap'] = null): EventPage => ({
  events: some,
  cursor: logStart,
  hasMore: false,
  gap,
});

/** Adds a listener for each filter, and one without; answers what each of them was told. */
function listen() {
  const listeners = createTailListeners();
  const told = new Map<EventFilter | undefined, EventPage[]>();
  const removals = [...filters, undefined].map((filter) => {
    const pages: EventPage[] = [];
    told.set(filter, pages);
    return listeners.add((heard) => void pages.push(heard), filter);
  });
  const tell = (some: EventPage) => {
    for (const [listener, concerning] of listeners.concernedBy(some)) listener(concerning);
  };
  return { told, tell, removals };
}

describe('a listener to the tail', () => {
  it('is told what its filter wants, whatever the filter is, once and in order', () => {
    const { told, tell } = listen();
    tell(page(events));
    for (const filter of filters) {
      const wanted = events.filter((event) => matches(event, filter));
      const heard = told.get(filter)?.flatMap((each) => each.events);
      expect(heard, JSON.stringify(filter)).toEqual(wanted);
    }
  });

  it('is told everything without a filter', () => {
    const { told, tell } = listen();
    tell(page(events));
    expect(told.get(undefined)).toEqual([page(events)]);
  });

  it('is not touched by what it does not want', () => {
    const { told, tell } = listen();
    for (const event of events) tell(page([event]));
    for (const filter of filters) {
      const wanted = events.filter((event) => matches(event, filter));
      expect(told.get(filter)).toHaveLength(wanted.length);
    }
  });

  it('is told of a gap, whatever it wants', () => {
    const { told, tell } = listen();
    const gap = { reason: 'LOG_RESET', resumedAt: logStart } as const;
    tell(page([], gap));
    for (const pages of told.values()) expect(pages).toEqual([page([], gap)]);
  });

  it('is told nothing once it was removed, nor is anybody else removed with it', () => {
    const { told, tell, removals } = listen();
    const [remove, ...others] = removals;
    remove?.();
    remove?.();
    tell(page(events));
    const [first, ...rest] = filters;
    expect(told.get(first)).toEqual([]);
    expect(rest.some((filter) => told.get(filter)?.length === 1)).toBe(true);
    const before = rest.map((filter) => told.get(filter)?.length);
    for (const removeOther of others) removeOther();
    tell(page(events));
    expect(rest.map((filter) => told.get(filter)?.length)).toEqual(before);
  });
});
