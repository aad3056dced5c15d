import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A script of this directory that runs as a process of its own. */
export interface ScriptProcess {
  /** Complete lines of its output so far. */
  readonly lines: readonly string[];
  /** Resolves once it has printed so many lines; rejects when it ends before. */
  printed(count: number): Promise<void>;
  /** Kills it as a power cut would; resolves once it is gone and its output is read. */
  kill(): Promise<void>;
  /** Resolves with its exit code, null when a signal ended it, once its output is read. */
  readonly exited: Promise<number | null>;
}

/** Starts a script of tests/support; what it writes to standard error passes through. */
export function startScript(name: string, ...parameters: string[]): ScriptProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, name), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  output.on('line', (line) => lines.push(line));
  const exited = Promise.all([once(child, 'exit'), once(output, 'close')]).then(
    ([[code]]) => code as number | null,
  );
  return {
    lines,
    exited,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    printed: async (count) => {
      while (lines.length < count) {
        const ended = await Promise.race([
          once(output, 'line').then(() => false),
          exited.then(() => true),
        ]);
        if (ended && lines.length < count) throw new Error(`${name} ended too early.`);
      }
    },
  };
}
