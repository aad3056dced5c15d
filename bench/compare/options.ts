import { Command, InvalidArgumentError, Option } from 'commander';
import { workloadNames } from './system.ts';

/** What can be measured; W6 has measurements of its own, see bench/README.md. */
export const measureNames = [...workloadNames, 'W5', 'W9'] as const;
export type MeasureName = (typeof measureNames)[number];

/** What a run is asked for. */
export interface CompareOptions {
  only: readonly MeasureName[];
  /** All that there are, where it is null. */
  systems: readonly string[] | null;
  rounds: number;
  /** How long each workload of a system is measured in a round. */
  seconds: number;
  /** For how long it is asked the same before that. */
  warmUpSeconds: number;
  connections: number;
  /** Connections that each system may open to the database. */
  poolSize: number;
}

/** Reads the arguments of `npm run bench`; throws CommanderError where they are none of these. */
export function readOptions(parameters: readonly string[]): CompareOptions {
  const command = new Command('npm run bench --')
    .description('Compares servers that answer the same, one after the other, on one machine.')
    .addOption(
      new Option('--only <names>', `what to measure, of ${measureNames.join(',')}`)
        .argParser(readMeasures)
        .default([...measureNames], 'all'),
    )
    .addOption(
      new Option('--systems <names>', 'which systems, separated by commas')
        .argParser(readNames)
        .default(null, 'all'),
    )
    .option('--rounds <count>', 'how often each system has its turn', readCount, 3)
    .option('--seconds <count>', 'how long each workload is measured', readCount, 5)
    .option('--warm-up-seconds <count>', 'how long before that', readCount, 2)
    .option('--connections <count>', 'how many clients ask at once', readCount, 32)
    .option('--pool-size <count>', 'database connections of each system', readCount, 10)
    .allowExcessArguments(false)
    .exitOverride();
  return command.parse([...parameters], { from: 'user' }).opts<CompareOptions>();
}

function readNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('A name is empty.');
  return [...new Set(names)];
}

function readMeasures(text: string): MeasureName[] {
  const names = readNames(text);
  const unknown = names.find((name) => !measureNames.some((each) => each === name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`${unknown} is none of ${measureNames.join(', ')}.`);
  }
  return measureNames.filter((name) => names.includes(name));
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}
