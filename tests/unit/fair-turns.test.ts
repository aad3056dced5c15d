import { describe, expect, it } from 'vitest';
import { createFairTurns } from '../../src/platform/fair-turns.ts';

/** Turns of which one is held until it is given back, and who had one since. */
function hold(atOnce: number) {
  const turns = createFairTurns(atOnce);
  const held = Promise.withResolvers<void>();
  const first = turns.take('holder', () => held.promise);
  const had: string[] = [];
  const ask = (whose: string) => turns.take(whose, async () => had.push(whose));
  const giveBack = async () => {
    held.resolve();
    await first;
  };
  return { turns, ask, had, giveBack };
}

describe('fair turns', () => {
  it('go round among those who wait, however much one asks for', async () => {
    const { ask, had, giveBack } = hold(1);
    const asked = [...['a', 'a', 'a', 'a'], 'b', 'c', 'b'].map(ask);
    await giveBack();
    await Promise.all(asked);
    expect(had).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a']);
  });

  it('are so many at a time', async () => {
    const { turns, ask, had, giveBack } = hold(2);
    expect(turns.isFree()).toBe(true);
    const other = Promise.withResolvers<void>();
    const second = turns.take('other', () => other.promise);
    expect(turns.isFree()).toBe(false);
    const waiting = ask('a');
    await Promise.resolve();
    expect(had).toEqual([]);
    other.resolve();
    await Promise.all([second, waiting]);
    expect(had).toEqual(['a']);
    await giveBack();
    expect(turns.isFree()).toBe(true);
  });

  it('leave time to others though none of them waits for anything', async () => {
    const turns = createFairTurns(1);
    let isOver = false;
    let others = 0;
    const count = () => {
      others += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const busy = async () => {
      const until = performance.now() + 4;
      while (performance.now() < until);
    };
    await Promise.all(Array.from({ length: 30 }, () => turns.take('a', busy)));
    isOver = true;
    expect(others).toBeGreaterThan(3);
  });

  it('are given back by work that fails', async () => {
    const turns = createFairTurns(1);
    const failing = turns.take('a', () => Promise.reject(new Error('planned')));
    await expect(failing).rejects.toThrow('planned');
    expect(await turns.take('a', async () => 'done')).toBe('done');
  });
});
