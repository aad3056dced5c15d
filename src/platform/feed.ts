/** Where the items of a feed come from. */
export interface FeedSource<Item> {
  /** Takes the next item; undefined when there is none yet. */
  take(): Item | undefined;
  /** Lets go of everything; called once. */
  close(): void;
}

/** What a source tells its feed. */
export interface FeedSignals {
  /** There may be something to take. */
  wake(): void;
  /** Ends the feed; its reader gets the error once. */
  fail(error: unknown): void;
  /** Ends the feed: there will be nothing more to take. */
  end(): void;
}

/** What a reader is given: the next item, or the end. */
export type FeedStep<Item> = IteratorResult<Item, undefined>;

/** An iterator that can be read without a promise for each item. */
export interface Feed<Item> extends AsyncIterableIterator<Item, undefined> {
  /** Does what `next().then` does, but calls back in the moment in which the item is there. */
  ask(onStep: (step: FeedStep<Item>) => void, onFailure: (error: unknown) => void): void;
}

/** Asks an iterator for its next item in the quickest way that it has. */
export function askNext<Item>(
  iterator: AsyncIterator<Item, undefined>,
  ...[onStep, onFailure]: Parameters<Feed<Item>['ask']>
): void {
  if (isFeed(iterator)) iterator.ask(onStep, onFailure);
  else iterator.next().then(onStep, onFailure);
}

function isFeed<Item>(iterator: AsyncIterator<Item, undefined>): iterator is Feed<Item> {
  return 'ask' in iterator;
}

/** Makes a feed of what asks for one item at a time, and of what leaves it. */
export function feedOf<Item>(ask: Feed<Item>['ask'], leave: () => void): Feed<Item> {
  return {
    ask,
    next: () => new Promise(ask),
    async return() {
      leave();
      return over;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The step of an iterator that has ended. */
export const over = { done: true, value: undefined } as const;

/**
 * Makes a feed of a source that is opened when the first item is asked for. Items are taken only as
 * they are asked for. Unlike a generator's, a `next` that waits ends with `return`.
 */
export function createFeed<Item>(open: (signals: FeedSignals) => FeedSource<Item>): Feed<Item> {
  const waiting: Parameters<Feed<Item>['ask']>[] = [];
  let source: FeedSource<Item> | null = null;
  let isOver = false;
  let failure: { error: unknown } | null = null;

  function wake(): void {
    while (source !== null && waiting.length > 0) {
      const value = source.take();
      if (value === undefined) return;
      const [onStep] = waiting.shift() ?? [];
      onStep?.({ done: false, value });
    }
  }

  function fail(error: unknown): void {
    if (isOver) return;
    const [, onFailure] = waiting.shift() ?? [];
    if (onFailure === undefined) failure = { error };
    end();
    onFailure?.(error);
  }

  function end(): void {
    isOver = true;
    source?.close();
    source = null;
    for (const [onStep] of waiting.splice(0)) onStep(over);
  }

  return feedOf(
    (onStep, onFailure) => {
      if (failure !== null) {
        const { error } = failure;
        failure = null;
        return onFailure(error);
      }
      if (isOver) return onStep(over);
      waiting.push([onStep, onFailure]);
      if (source === null) {
        const opened = open({ wake, fail, end });
        if (isOver) return opened.close();
        source = opened;
      }
      wake();
    },
    () => {
      failure = null;
      end();
    },
  );
}
