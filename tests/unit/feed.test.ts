import { describe, expect, it } from 'vitest';
import { createFeed, type FeedSignals } from '../../src/platform/feed.ts';

const over = { done: true, value: undefined };

/** A feed of what is put into `items`, and what became of its source. */
function createTestFeed() {
  const items: string[] = [];
  const calls: string[] = [];
  let signals: FeedSignals | undefined;
  const feed = createFeed<string>((given) => {
    signals = given;
    calls.push('open');
    return { take: () => items.shift(), close: () => void calls.push('close') };
  });
  return {
    feed,
    calls,
    put(...added: string[]) {
      items.push(...added);
      signals?.wake();
    },
    fail: (error: Error) => signals?.fail(error),
    left: items,
  };
}

describe('a feed', () => {
  it('opens its source when the first item is asked for', async () => {
    const { feed, calls, put } = createTestFeed();
    put('a');
    expect(calls).toEqual([]);
    expect(await feed.next()).toEqual({ done: false, value: 'a' });
    expect(calls).toEqual(['open']);
  });

  it('takes an item only when it is asked for', async () => {
    const { feed, put, left } = createTestFeed();
    put('a', 'b', 'c');
    await feed.next();
    expect(left).toEqual(['b', 'c']);
  });

  it('hands items to those who wait in the order in which they asked', async () => {
    const { feed, put } = createTestFeed();
    const asked = [feed.next(), feed.next(), feed.next()];
    put('a');
    put('b', 'c');
    expect(await Promise.all(asked)).toMatchObject([
      { value: 'a' },
      { value: 'b' },
      { value: 'c' },
    ]);
  });

  it('ends whoever waits as soon as it is left, and lets go of its source once', async () => {
    const { feed, calls, put } = createTestFeed();
    const asked = [feed.next(), feed.next()];
    expect(await feed.return?.()).toEqual(over);
    expect(await Promise.all(asked)).toEqual([over, over]);

    put('late');
    expect(await feed.return?.()).toEqual(over);
    expect(await feed.next()).toEqual(over);
    expect(calls).toEqual(['open', 'close']);
  });

  it('never opens its source when it is left before', async () => {
    const { feed, calls } = createTestFeed();
    await feed.return?.();
    expect(await feed.next()).toEqual(over);
    expect(calls).toEqual([]);
  });

  it('gives an error to the first who waits, and ends', async () => {
    const { feed, calls, fail } = createTestFeed();
    const [first, second] = [feed.next(), feed.next()];
    fail(new Error('planned'));
    fail(new Error('once more'));
    await expect(first).rejects.toThrow('planned');
    expect(await second).toEqual(over);
    expect(await feed.next()).toEqual(over);
    expect(calls).toEqual(['open', 'close']);
  });

  it('keeps an error until somebody asks, and then gives it once', async () => {
    const { feed, put, fail } = createTestFeed();
    const asked = feed.next();
    put('a');
    await asked;
    fail(new Error('planned'));
    await expect(feed.next()).rejects.toThrow('planned');
    expect(await feed.next()).toEqual(over);
  });

  it('is left by a loop that breaks', async () => {
    const { feed, calls, put } = createTestFeed();
    queueMicrotask(() => put('a', 'b'));
    for await (const item of feed) {
      expect(item).toBe('a');
      break;
    }
    expect(calls).toEqual(['open', 'close']);
  });
});
