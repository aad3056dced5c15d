import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeEventCursor,
  encodeEventCursor,
  eventCursorOf,
  logStart,
} from '../../src/platform/event-log/cursor.ts';

const event = { sequence: 4711n, id: '019aa1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b' };
const text = 'AQAAAAASZwGaobLD1H5f';

describe('an event cursor', () => {
  it('is written the same for ever', () => {
    expect(encodeEventCursor(eventCursorOf(event))).toBe(text);
    expect(encodeEventCursor(logStart)).toBe('AQAAAAAAAAAAAAAAAAAA');
  });

  it('names the number and the first half of the id', () => {
    expect(decodeEventCursor(text)).toEqual({ sequence: 4711n, idPrefix: '019aa1b2c3d47e5f' });
  });

  it('comes back unchanged for every row that the log can hold', () => {
    const row = fc.record({ sequence: fc.bigInt(1n, 2n ** 48n - 1n), id: fc.uuid() });
    fc.assert(
      fc.property(row, (any) => {
        expect(decodeEventCursor(encodeEventCursor(eventCursorOf(any)))).toEqual(
          eventCursorOf(any),
        );
      }),
    );
  });

  it('is refused unless it is the one spelling of itself', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 24 }), (any) => {
        const cursor = decodeEventCursor(any);
        expect(cursor === null || encodeEventCursor(cursor) === any).toBe(true);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a bare number', '4711'],
    ['white space around it', ` ${text} `],
    ['a line feed at its end', `${text}\n`],
    ['one character too few', text.slice(0, -1)],
    ['one character too many', `${text}A`],
    ['padding', `${text}==`],
    ['the other alphabet', 'AQAAAAASZwGaobLD1H+/'],
    ['a character outside the alphabet', 'AQAAAAASZwGaobLD1H5*'],
    ['a NUL', `${text.slice(0, -1)}\0`],
    ['look-alike letters', text.replace('Z', '\u{ff3a}')],
    ['an unknown format', `Ag${text.slice(2)}`],
    ['an id but no number', 'AQAAAAAAAAGaobLD1H5f'],
    ['a very long text', 'A'.repeat(100_000)],
    ['SQL', "1' OR sequence > 0 --"],
  ])('is refused when it is %s', (_description, hostile) => {
    expect(decodeEventCursor(hostile)).toBeNull();
  });
});
