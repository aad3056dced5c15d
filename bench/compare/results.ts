import { type Spread, spreadOf } from './figures.ts';
import type { Machine } from './machine.ts';
import type { CompareOptions, MeasureName } from './options.ts';
import { floorName } from './system.ts';

/** One workload of one system in one round. */
export interface Measurement {
  round: number;
  system: string;
  measure: Exclude<MeasureName, 'W9'>;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Processor time of the server for each request, in microseconds; null where it did more than that. */
  cpuUs: number | null;
  /** In W5: how many signed in a second, and how many were refused for too many waited. */
  signIns: { perSecond: number; busy: number } | null;
  /** How busy the process of the load was, as a share of one processor: near 1, it is the limit. */
  loadShare: number;
}

/** A workload of a system in a round that does not count. */
export interface Fault {
  round: number;
  system: string;
  measure: MeasureName;
  reason: string;
}

/** One start of a system. */
export interface StartMeasurement {
  round: number;
  system: string;
  readyMs: number;
  /** Resident memory before the first load. */
  restingBytes: number;
}

/** A system as it was measured. */
export interface MeasuredSystem {
  name: string;
  title: string;
  /** What it was started with besides what all are; without secrets. */
  settings: Record<string, string>;
  /** Null where it does not come through npm. */
  installedBytes: number | null;
}

/** Everything that a run has seen. */
export interface Run {
  /** When it began. */
  date: string;
  commit: string | null;
  machine: Machine;
  options: CompareOptions;
  measured: MeasuredSystem[];
  /** Why systems could not run here, by name. */
  leftOut: Record<string, string>;
  measurements: Measurement[];
  starts: StartMeasurement[];
  faults: Fault[];
}

/** What all rounds say of a workload of a system; without figures where a round is disqualified. */
export interface Row {
  measure: Measurement['measure'];
  system: string;
  requestsPerSecond: Spread | null;
  p50Ms: Spread | null;
  p99Ms: Spread | null;
  cpuUs: Spread | null;
  signInsPerSecond: Spread | null;
  /** Ratios to the floor of the same round; null where that was not measured. */
  rateOfFloor: Spread | null;
  cpuOfFloor: Spread | null;
  disqualified: string | null;
}

/** Sums the rounds up, a row for each workload of each system, in the order in which they came. */
export function summarise(measurements: readonly Measurement[], faults: readonly Fault[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { measure, system } of [...measurements, ...faults]) {
    if (measure === 'W9') continue;
    const isOfRow = (each: { measure: MeasureName; system: string }) =>
      each.measure === measure && each.system === system;
    rows.set(
      `${measure} ${system}`,
      rowOf(measure, system, measurements, faults.find(isOfRow)?.reason ?? null),
    );
  }
  const order = [...rows.values()];
  return order.sort((one, other) => one.measure.localeCompare(other.measure));
}

type Figure = (measurement: Measurement) => number | null;

function rowOf(
  measure: Row['measure'],
  system: string,
  measurements: readonly Measurement[],
  disqualified: string | null,
): Row {
  const own = disqualified === null ? measurements.filter((it) => it.system === system) : [];
  const rounds = own.filter((it) => it.measure === measure);
  const floors = measurements.filter((it) => it.system === floorName && it.measure === measure);
  const spread = (figure: Figure) => spreadOf(rounds.map(figure).filter((it) => it !== null));
  const ofFloor = (figure: Figure) =>
    spread((measurement) => {
      const floor = floors.find(({ round }) => round === measurement.round);
      return ratio(figure(measurement), floor === undefined ? null : figure(floor));
    });
  return {
    measure,
    system,
    requestsPerSecond: spread((it) => it.requestsPerSecond),
    p50Ms: spread((it) => it.p50Ms),
    p99Ms: spread((it) => it.p99Ms),
    cpuUs: spread((it) => it.cpuUs),
    signInsPerSecond: spread((it) => it.signIns?.perSecond ?? null),
    rateOfFloor: ofFloor((it) => it.requestsPerSecond),
    cpuOfFloor: ofFloor((it) => it.cpuUs),
    disqualified,
  };
}

const ratio = (figure: number | null, floor: number | null) =>
  figure === null || floor === null || floor === 0 ? null : figure / floor;
