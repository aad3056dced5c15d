import type { Fault, Measurement, Run, StartMeasurement } from './results.ts';

/** Keeps what is measured in a run, and tells of it. */
export function recordInto({ measurements, starts, faults, options }: Run) {
  const tell = (each: { round: number; system: string }, text: string) =>
    say(`Round ${each.round} of ${options.rounds}: ${each.system}, ${text}`);
  return {
    measurement(each: Measurement) {
      measurements.push(each);
      const rate = `${each.requestsPerSecond.toFixed(0)} requests/s`;
      tell(each, `${each.measure}: ${rate}, p99 ${each.p99Ms.toFixed(1)} ms`);
    },
    start(each: StartMeasurement) {
      starts.push(each);
      tell(each, `ready after ${each.readyMs.toFixed(0)} ms`);
    },
    fault(each: Fault) {
      faults.push(each);
      tell(each, `${each.measure} does not count: ${each.reason.split('\n', 1)[0]}`);
    },
  };
}

/** Who is told of what is measured. */
export type Recorder = ReturnType<typeof recordInto>;

/** Tells of the progress, beside what is asked for. */
export const say = (text: string) => void process.stderr.write(`${text}\n`);
