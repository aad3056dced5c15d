import { randomUUID } from 'node:crypto';
import type { Database, Listener } from '../database/database.ts';
import { describeFault } from '../fault.ts';
import type { Log } from '../log.ts';
import { createWakeLoop } from '../wake-loop.ts';
import type { EventCursor } from './cursor.ts';
import type { EventFilter } from './filter.ts';
import { createFollower, type Progress } from './follower.ts';
import type { EventPage } from './read.ts';
import { createTailListeners, type TailListener, type TailListeners } from './tail-listeners.ts';
import { verifySequence } from './verify-sequence.ts';

const channel = 'latchkey_events';
const pollIntervalMs = 200;

/** Follows the end of the event log on behalf of all readers of this instance. */
export interface EventTail {
  /** Begins after the newest final row; rejects when the database cannot keep the log in order. */
  start(): Promise<void>;
  /** Tells this instance and the others that events were committed; called after the commit. */
  wake(): void;
  /**
   * Adds a listener for what comes from now on, and answers with what removes it. With a filter, it is
   * told of what the filter wants, and of gaps: nothing at all of pages that have neither.
   */
  subscribe(listener: TailListener, filter?: EventFilter): () => void;
  /** The newest row that listeners were given; meaningless before `start`. */
  position(): EventCursor;
  /** Stops; nothing is delivered once it resolves. */
  close(): Promise<void>;
}

/** Creates the tail of one instance; after a lost database it goes on where it was. */
export function createTail({ database, log }: { database: Database; log: Log }): EventTail {
  const instance = randomUUID();
  // On the embedded database nobody else writes, so nothing happens without `wake`.
  const isShared = database.driver.kind === 'postgres';
  const listeners = createTailListeners();
  const follower = createFollower(database.prisma, (page) => deliver(page, listeners, log));
  const read = retrying(follower.readBatch, log);
  const reading = createWakeLoop(async () => delayAfter(await read(), isShared));
  const notifying = createWakeLoop(() => notify(database, instance, log));
  let isStarted = false;
  let notices: Listener | undefined;

  function look(): void {
    if (isStarted) reading.wake();
  }

  return {
    async start() {
      await verifySequence(database.prisma);
      await follower.seekEnd();
      isStarted = true;
      if (isShared) {
        const onNotice = (sender: string) => sender !== instance && look();
        notices = await database.listen(channel, onNotice, look);
      }
      look();
    },
    wake() {
      look();
      if (isShared) notifying.wake();
    },
    subscribe: listeners.add,
    position: follower.position,
    async close() {
      await Promise.all([reading.stop(), notifying.stop()]);
      await notices?.close();
    },
  };
}

function deliver(page: EventPage, listeners: TailListeners, log: Log): void {
  for (const [listener, concerning] of listeners.concernedBy(page)) {
    try {
      listener(concerning);
    } catch (error) {
      log.error({ fault: describeFault(error) }, 'A reader of the event log failed.');
    }
  }
}

/** Turns failures into `unreadable`, with one warning for each outage. */
function retrying(read: () => Promise<Progress>, log: Log): () => Promise<Progress | 'unreadable'> {
  let isReadable = true;
  return async () => {
    try {
      const progress = await read();
      if (!isReadable) log.info('The event log can be read again.');
      isReadable = true;
      return progress;
    } catch (error) {
      if (isReadable)
        log.warn({ fault: describeFault(error) }, 'The event log cannot be read; trying on.');
      isReadable = false;
      return 'unreadable';
    }
  };
}

function delayAfter(progress: Progress | 'unreadable', isShared: boolean): number | null {
  if (progress === 'more to read') return 0;
  return progress === 'caught up' && !isShared ? null : pollIntervalMs;
}

async function notify(database: Database, instance: string, log: Log): Promise<null> {
  try {
    await database.notify(channel, instance);
  } catch (error) {
    // The others poll: they learn of it a little later.
    log.debug({ fault: describeFault(error) }, 'Other instances could not be notified of events.');
  }
  return null;
}
