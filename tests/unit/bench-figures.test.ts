import { describe, expect, it } from 'vitest';
import { median, percentile, spreadOf } from '../../bench/compare/figures.ts';
import { type Measurement, summarise } from '../../bench/compare/results.ts';

describe('a median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[10, 2, 9, 1], 5.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of nothing is refused', () => {
    expect(() => median([])).toThrow('no values');
  });

  it('leaves the values in their order', () => {
    const values = [10, 9];
    median(values);
    expect(values).toEqual([10, 9]);
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is the smallest value that so many do not exceed', () => {
    expect([0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 99, 100]);
  });

  it('of nothing is 0', () => {
    expect(percentile([], 0.99)).toBe(0);
  });
});

describe('a spread', () => {
  it('has the least and the most', () => {
    expect(spreadOf([4, 2, 9])).toEqual({ median: 4, min: 2, max: 9 });
  });

  it('of nothing is none', () => {
    expect(spreadOf([])).toBeNull();
  });
});

const measurement = (
  round: number,
  system: string,
  requestsPerSecond: number,
  cpuUs: number | null = 100,
): Measurement => ({
  round,
  system,
  measure: 'W1',
  requestsPerSecond,
  cpuUs,
  p50Ms: 1,
  p99Ms: 2,
  signIns: null,
  loadShare: 0.5,
});

describe('the rows of a run', () => {
  it('have ratios to the floor of the same round', () => {
    const rows = summarise(
      [
        measurement(1, 'floor', 1000, 50),
        measurement(1, 'latchkey', 1500, 100),
        measurement(2, 'floor', 500, 80),
        measurement(2, 'latchkey', 400, 40),
        measurement(3, 'floor', 1000, 100),
        measurement(3, 'latchkey', 1000, 100),
      ],
      [],
    );
    expect(rows.map(({ system }) => system)).toEqual(['floor', 'latchkey']);
    expect(rows[0]?.rateOfFloor).toEqual({ median: 1, min: 1, max: 1 });
    expect(rows[1]?.rateOfFloor).toEqual({ median: 1, min: 0.8, max: 1.5 });
    expect(rows[1]?.cpuOfFloor).toEqual({ median: 1, min: 0.5, max: 2 });
    expect(rows[1]?.requestsPerSecond).toEqual({ median: 1000, min: 400, max: 1500 });
  });

  it('have no ratios where the floor was not measured', () => {
    const [row] = summarise([measurement(1, 'latchkey', 1500)], []);
    expect(row).toMatchObject({ rateOfFloor: null, cpuOfFloor: null });
    expect(row?.requestsPerSecond?.median).toBe(1500);
  });

  it('have no processor time where it says nothing', () => {
    const [row] = summarise([measurement(1, 'floor', 1000, null)], []);
    expect(row).toMatchObject({ cpuUs: null, cpuOfFloor: null });
  });

  it('lose all figures by one wrong answer in one round', () => {
    const fault = { round: 2, system: 'latchkey', measure: 'W1', reason: 'wrong' } as const;
    const rows = summarise(
      [measurement(1, 'floor', 1000), measurement(1, 'latchkey', 1500)],
      [fault],
    );
    expect(rows[0]).toMatchObject({ system: 'floor', disqualified: null });
    expect(rows[1]).toMatchObject({
      system: 'latchkey',
      disqualified: 'wrong',
      requestsPerSecond: null,
      rateOfFloor: null,
    });
  });

  it('are there for a system that was never measured, with the reason', () => {
    const fault = { round: 1, system: 'slow', measure: 'W3', reason: 'it did not start' } as const;
    expect(summarise([], [fault])).toMatchObject([
      { measure: 'W3', system: 'slow', disqualified: 'it did not start' },
    ]);
  });
});
