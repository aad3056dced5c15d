import { type Spread, spreadOf } from './figures.ts';
import type { MeasuredSystem, Row, StartMeasurement } from './results.ts';

/** Draws a table that is aligned on a terminal and is one in Markdown. */
export function drawTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], filler: string) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, filler)).join(' | ')} |`;
  return [line(header, ' '), line([], '-'), ...rows.map((row) => line(row, ' '))].join('\n');
}

/** Draws what was measured under load: medians, with the least and the most in brackets. */
export function drawRows(rows: readonly Row[]): string {
  const cells = rows.map((row) =>
    row.disqualified === null
      ? [
          row.measure,
          row.system,
          write(row.requestsPerSecond, 0),
          write(row.rateOfFloor, 2),
          write(row.p50Ms, 1),
          write(row.p99Ms, 1),
          write(row.cpuUs, 0),
          write(row.cpuOfFloor, 2),
          write(row.signInsPerSecond, 0),
        ]
      : [row.measure, row.system, 'disqualified'],
  );
  const header = ['', 'system', 'requests/s', 'of floor', 'p50 ms', 'p99 ms', 'CPU µs', '× floor'];
  return drawTable([...header, 'sign-ins/s'], cells);
}

/** Draws what each system takes before any load. */
export function drawStarts(
  starts: readonly StartMeasurement[],
  systems: readonly MeasuredSystem[],
): string {
  const rows = systems.map(({ name, installedBytes }) => {
    const own = starts.filter(({ system }) => system === name);
    return [
      name,
      write(spreadOf(own.map(({ readyMs }) => readyMs)), 0),
      write(spreadOf(own.map(({ restingBytes }) => inMib(restingBytes))), 0),
      installedBytes === null ? '–' : inMib(installedBytes).toFixed(0),
    ];
  });
  return drawTable(['system', 'ready after ms', 'at rest MiB', 'installed MiB'], rows);
}

const inMib = (bytes: number) => bytes / 2 ** 20;

function write(spread: Spread | null, digits: number): string {
  if (spread === null) return '–';
  const [middle, least, most] = [spread.median, spread.min, spread.max].map((value) =>
    value.toFixed(digits),
  );
  return least === most ? `${middle}` : `${middle} (${least}–${most})`;
}
