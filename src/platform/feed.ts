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
}

/**
 * Makes an iterator of a source that is opened when the first item is asked for. Items are taken
 * only as they are asked for. Unlike a generator's, a `next` that waits ends with `return`.
 */
export function createFeed<Item>(
  open: (signals: FeedSignals) => FeedSource<Item>,
): AsyncIterableIterator<Item, undefined> {
  const over = { done: true, value: undefined } as const;
  const waiting: PromiseWithResolvers<IteratorResult<Item, undefined>>[] = [];
  let source: FeedSource<Item> | null = null;
  let isOver = false;
  let failure: { error: unknown } | null = null;

  function wake(): void {
    while (source !== null && waiting.length > 0) {
      const value = source.take();
      if (value === undefined) return;
      waiting.shift()?.resolve({ done: false, value });
    }
  }

  function fail(error: unknown): void {
    if (isOver) return;
    const reader = waiting.shift();
    if (reader === undefined) failure = { error };
    else reader.reject(error);
    end();
  }

  function end(): void {
    isOver = true;
    source?.close();
    source = null;
    for (const reader of waiting.splice(0)) reader.resolve(over);
  }

  return {
    async next() {
      if (failure !== null) {
        const { error } = failure;
        failure = null;
        throw error;
      }
      if (isOver) return over;
      const asked = Promise.withResolvers<IteratorResult<Item, undefined>>();
      waiting.push(asked);
      source ??= open({ wake, fail });
      wake();
      return asked.promise;
    },
    async return() {
      failure = null;
      end();
      return over;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
