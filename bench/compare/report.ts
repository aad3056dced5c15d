import { type Fault, type Run, summarise } from './results.ts';
import { drawRows, drawStarts, drawTable } from './table.ts';

/** Near this share of a processor the load itself is the limit. */
const fullLoadShare = 0.9;

/** Writes a run for a person. */
export function writeReport(run: Run): string {
  const rows = summarise(run.measurements, run.faults);
  return [
    describeCircumstances(run),
    ...(rows.length > 0 ? [drawRows(rows)] : []),
    ...(run.starts.length > 0 ? [drawStarts(run.starts, run.measured)] : []),
    drawTable(
      ['system', 'is', 'started with, besides what all are'],
      run.measured.map(({ name, title, settings }) => [name, title, listed(settings)]),
    ),
    ...describeRemarks(run),
  ].join('\n\n');
}

function describeCircumstances({ date, commit, machine, options }: Run): string {
  const { processor, cores, memoryGib, system, node, postgres, loadAtStart } = machine;
  return [
    `${date}, commit ${commit ?? 'unknown'}`,
    `${processor}, ${cores} cores, ${memoryGib} GiB, ${system}, Node ${node}, PostgreSQL ${postgres}, load ${loadAtStart.toFixed(1)} at the start`,
    `${options.rounds} rounds of ${options.seconds} s after ${options.warmUpSeconds} s of the same, ${options.connections} connections, pools of ${options.poolSize}, NODE_ENV=production; medians, in brackets the least and the most`,
  ].join('\n');
}

function describeRemarks({ measurements, faults, leftOut }: Run): string[] {
  const of = (each: { round: number; system: string; measure: string }) =>
    `Round ${each.round}, ${each.system}, ${each.measure}:`;
  return [
    ...Object.entries(leftOut).map(([name, reason]) => `${name} is left out: ${reason}`),
    ...faults.filter(isFirstOfItsKind).map((fault) => `${of(fault)} ${fault.reason}`),
    ...measurements.flatMap((each) => [
      ...(each.signIns !== null && each.signIns.busy > 0
        ? [`${of(each)} ${each.signIns.busy} sign-ins were refused because too many waited`]
        : []),
      ...(each.loadShare >= fullLoadShare
        ? [
            `${of(each)} the load kept ${each.loadShare.toFixed(2)} of a processor busy and may be the limit`,
          ]
        : []),
    ]),
  ];
}

/** A system that does not start fails in everything, in each round, for one reason. */
const isFirstOfItsKind = ({ system, reason }: Fault, index: number, all: readonly Fault[]) =>
  all.findIndex((each) => each.system === system && each.reason === reason) === index;

const listed = (settings: Record<string, string>) =>
  Object.entries(settings)
    .map((setting) => setting.join('='))
    .join(' ');
