import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawChart } from './chart.ts';
import { type Run, summarise } from './results.ts';

const folder = join(import.meta.dirname, '../results');

/** Writes a run as JSON and as a chart, in place of the one before; answers the files. */
export function save(run: Run): string[] {
  const rows = summarise(run.measurements, run.faults);
  const { date, machine, options } = run;
  const caption = [
    `Requests a second; the floor is 1. The median of ${options.rounds} rounds of ${options.seconds} s, and their least and most.`,
    `${date.slice(0, 10)}, ${machine.processor}, ${machine.cores} cores, Node ${machine.node}, PostgreSQL ${machine.postgres}`,
  ];
  const contents = {
    'latest.json': `${JSON.stringify({ ...run, rows }, null, 2)}\n`,
    'latest.svg': drawChart(rows, caption),
  };
  mkdirSync(folder, { recursive: true });
  return Object.entries(contents).map(([name, content]) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  });
}
