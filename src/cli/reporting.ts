import type { Command } from 'commander';
import { CommandError } from './command-errors.ts';

/** What came of a command: for programs, and for people. */
export interface Report {
  /** What `--json` prints, on one line. */
  data: object;
  text: string;
  /** Says why the command ends with 1 although it has something to report. */
  failure?: string;
}

/** Makes the action of a command that prints what came of it, as text or with `--json` as JSON. */
export function reporting<Parameters extends unknown[]>(
  work: (...parameters: Parameters) => Report | Promise<Report>,
) {
  return async function act(this: Command, ...parameters: Parameters): Promise<void> {
    const { data, text, failure } = await work(...parameters);
    process.stdout.write(`${this.opts().json ? jsonLine(data) : text}\n`);
    if (failure !== undefined) throw new CommandError(failure);
  };
}

/** Writes JSON in which nothing is left that a terminal would obey. */
function jsonLine(data: object): string {
  return JSON.stringify(data).replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Tells on a terminal how far long work has come; elsewhere nothing. */
export function createProgress(what: string) {
  const { stderr } = process;
  return {
    tell: (count: number) => stderr.isTTY && void stderr.write(`\r${what}: ${count}`),
    // Clears the line, so that the outcome stands alone.
    end: () => stderr.isTTY && void stderr.write('\r\u001b[K'),
  };
}

/** Describes how a command is called, for the end of its help. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  npm run cli -- ${line}`)].join('\n');
}
