import type { Database, Transaction } from '../../src/platform/database/database.ts';
import { appendEvents, type NewEvent } from '../../src/platform/event-log/append.ts';
import type { EventPage } from '../../src/platform/event-log/read.ts';
import type { EventTail } from '../../src/platform/event-log/tail.ts';

/** Builds events that carry nothing but a name. */
export const namedEvents = (...names: string[]): NewEvent[] =>
  names.map((name) => ({ topic: 'USER', type: 'Named', userId: null, data: { name } }));

/** Reads back the names of such events. */
export const namesOf = ({ events }: Pick<EventPage, 'events'>): string[] =>
  events.map(({ data }) => Object(data).name);

/** Appends such events in a transaction of their own. */
export const appendNamed = ({ prisma }: Database, ...names: string[]): Promise<void> =>
  prisma.$transaction((transaction) => appendEvents(transaction, namedEvents(...names)));

/** Builds such events about a user. */
export const namedEventsOf = (userId: string, ...names: string[]): NewEvent[] =>
  namedEvents(...names).map((event) => ({ ...event, userId }));

/** Puts another log in the place of this one, as restoring a backup does. */
export async function replaceLog({ prisma }: Database, ...names: string[]): Promise<void> {
  await prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`TRUNCATE logged_event RESTART IDENTITY`;
    await appendEvents(transaction, namedEvents(...names));
  });
}

/** Removes the oldest rows as retention does. */
export async function pruneLog({ prisma }: Database, through: bigint): Promise<void> {
  await prisma.loggedEvent.deleteMany({ where: { sequence: { lte: through } } });
}

/** A transaction that stays open until it is told how to end. */
export interface OpenTransaction {
  transaction: Transaction;
  commit(): Promise<void>;
  rollBack(): Promise<void>;
}

/** Opens such a transaction. */
export async function openTransaction({ prisma }: Database): Promise<OpenTransaction> {
  const opened = Promise.withResolvers<Transaction>();
  const ending = Promise.withResolvers<void>();
  const planned = new Error('planned');
  const done = prisma.$transaction(async (transaction) => {
    opened.resolve(transaction);
    await ending.promise;
  });
  done.catch(opened.reject);
  return {
    transaction: await opened.promise,
    async commit() {
      ending.resolve();
      await done;
    },
    async rollBack() {
      ending.reject(planned);
      await done.catch((error) => {
        if (error !== planned) throw error;
      });
    },
  };
}

/** What a tail has delivered so far, and ways to wait for more. */
export interface Delivered {
  pages: EventPage[];
  names: string[];
  /** Resolves once an event of this name was delivered. */
  event(name: string): Promise<void>;
  /** Resolves once so many events were delivered. */
  count(events: number): Promise<void>;
  /** Resolves with the first page that tells of a gap. */
  gap(): Promise<EventPage>;
  leave(): void;
}

/** Listens to a tail. */
export function gather(tail: EventTail): Delivered {
  const pages: EventPage[] = [];
  const names: string[] = [];
  const arrivals = new EventTarget();
  const leave = tail.subscribe((page) => {
    pages.push(page);
    names.push(...namesOf(page));
    arrivals.dispatchEvent(new Event('page'));
  });
  async function until<Found>(find: () => Found | undefined | false): Promise<Found> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      await new Promise((resolve) => arrivals.addEventListener('page', resolve, { once: true }));
    }
  }
  return {
    pages,
    names,
    event: async (name) => void (await until(() => names.includes(name))),
    count: async (events) => void (await until(() => names.length >= events)),
    gap: () => until(() => pages.find((page) => page.gap !== null)),
    leave,
  };
}

/** Counts who listens to a tail. */
export function countListeners(tail: EventTail): { tail: EventTail; listeners(): number } {
  let count = 0;
  return {
    listeners: () => count,
    tail: {
      ...tail,
      subscribe(listener, filter) {
        const unsubscribe = tail.subscribe(listener, filter);
        count += 1;
        return () => {
          count -= 1;
          unsubscribe();
        };
      },
    },
  };
}
