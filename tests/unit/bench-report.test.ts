import { describe, expect, it } from 'vitest';
import { drawChart } from '../../bench/compare/chart.ts';
import { writeReport } from '../../bench/compare/report.ts';
import type { Measurement, Run } from '../../bench/compare/results.ts';
import { summarise } from '../../bench/compare/results.ts';
import { drawTable } from '../../bench/compare/table.ts';

const measurement = (system: string, more: Partial<Measurement> = {}): Measurement => ({
  round: 1,
  system,
  measure: 'W1',
  requestsPerSecond: system === 'floor' ? 1000 : 1500,
  p50Ms: 1.24,
  p99Ms: 9.96,
  cpuUs: 80,
  signIns: null,
  loadShare: 0.4,
  ...more,
});

const run: Run = {
  date: '2026-11-22T12:00:00.000Z',
  commit: 'abc1234',
  machine: {
    processor: 'A processor',
    cores: 2,
    memoryGib: 23,
    system: 'Linux 6',
    node: 'v24.0.0',
    postgres: '15.1',
    loadAtStart: 0.25,
  },
  options: {
    only: ['W1'],
    systems: null,
    rounds: 1,
    seconds: 5,
    warmUpSeconds: 2,
    connections: 32,
    poolSize: 10,
  },
  measured: [
    { name: 'floor', title: 'By hand', settings: {}, installedBytes: 2 ** 20 },
    { name: 'latchkey', title: 'Latchkey', settings: { LOG_LEVEL: 'warn' }, installedBytes: null },
  ],
  leftOut: {},
  measurements: [measurement('floor'), measurement('latchkey')],
  starts: [],
  faults: [],
};

describe('a table', () => {
  it('is aligned, and one in Markdown', () => {
    expect(drawTable(['a', 'long title'], [['value', 'b'], ['c']])).toBe(
      [
        '| a     | long title |',
        '| ----- | ---------- |',
        '| value | b          |',
        '| c     |            |',
      ].join('\n'),
    );
  });
});

describe('the report of a run', () => {
  it('says where and how it took place, and with what each system was started', () => {
    const text = writeReport(run);
    expect(text).toContain('commit abc1234');
    expect(text).toContain('A processor, 2 cores, 23 GiB, Linux 6, Node v24.0.0, PostgreSQL 15.1');
    expect(text).toContain('1 rounds of 5 s after 2 s of the same, 32 connections, pools of 10');
    expect(text).toMatch(/\| latchkey \| Latchkey \| LOG_LEVEL=warn /);
  });

  it('has the median, the least and the most of each figure, once where they are the same', () => {
    const second = [
      measurement('floor', { round: 2 }),
      measurement('latchkey', { round: 2, requestsPerSecond: 2500, p50Ms: 1.44 }),
    ];
    const row = writeReport({ ...run, measurements: [...run.measurements, ...second] })
      .split('\n')
      .find((line) => line.startsWith('| W1 | latchkey'));
    expect(row?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'W1',
      'latchkey',
      '2000 (1500–2500)',
      '2.00 (1.50–2.50)',
      '1.3 (1.2–1.4)',
      '10.0',
      '80',
      '1.00',
      '–',
      '',
    ]);
  });

  it('has no figures of what is disqualified, but the reason', () => {
    const reason = '3 answers were not as expected';
    const fault = { round: 1, system: 'latchkey', measure: 'W1', reason } as const;
    const text = writeReport({ ...run, faults: [fault] });
    expect(text).toMatch(/^\| W1 \| latchkey \| disqualified /m);
    expect(text).toContain('Round 1, latchkey, W1: 3 answers were not as expected');
    expect(text).not.toContain('1500');
  });

  it('tells once of what keeps a system from everything', () => {
    const reason = 'it did not start';
    const faults = (['W1', 'W2'] as const).flatMap((measure) =>
      [1, 2].map((round) => ({ round, system: 'peer', measure, reason })),
    );
    expect(writeReport({ ...run, faults }).match(/it did not start/g)).toHaveLength(1);
  });

  it('tells of starts', () => {
    const start = { round: 1, system: 'floor', readyMs: 123, restingBytes: 64 * 2 ** 20 };
    const text = writeReport({ ...run, starts: [start] });
    expect(text).toMatch(/\| floor +\| 123 +\| 64 +\| 1 +\|/);
    expect(text).toMatch(/\| latchkey \| – +\| – +\| – +\|/);
  });

  it.each([
    [
      'what is left out',
      { leftOut: { fastapi: 'Python is missing' } },
      'fastapi is left out: Python',
    ],
    [
      'sign-ins that were refused',
      { measurements: [measurement('latchkey', { signIns: { perSecond: 9, busy: 4 } })] },
      '4 sign-ins were refused because too many waited',
    ],
    [
      'a load that was at its own limit',
      { measurements: [measurement('floor', { loadShare: 0.97 })] },
      'the load kept 0.97 of a processor busy and may be the limit',
    ],
  ])('tells of %s', (_title, change, told) => {
    expect(writeReport({ ...run, ...change })).toContain(told);
  });
});

describe('the chart of a run', () => {
  const fault = { round: 1, system: 'peer', measure: 'W1', reason: 'wrong' } as const;
  const chart = drawChart(summarise(run.measurements, [fault]), ['Seen on <a machine>']);

  it('has a bar with the ratio of each system', () => {
    expect(chart).toMatch(/>latchkey<\/text>.*>1\.50<\/text>/);
    expect(chart.match(/<rect x=/g)).toHaveLength(2);
  });

  it('has a word in place of the bar of what is disqualified', () => {
    expect(chart).toMatch(/>peer<\/text>.*>disqualified<\/text>/);
  });

  it('escapes what it is told', () => {
    expect(chart).toContain('Seen on &lt;a machine&gt;');
  });
});
