import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Launch } from './system.ts';

/** A server that runs. */
export interface ServerRun {
  pid: number;
  /** From its start until it was ready. */
  readyMs: number;
  /** Ends it, kindly at first. */
  stop(): Promise<void>;
}

const startDeadlineMs = 60_000;
const stopDeadlineMs = 15_000;
const pauseMs = 10;
const outputLength = 2_000;

/**
 * Starts a server and waits until it is ready, which `isReady` tells with null, or else what there
 * is instead. Throws with that and its last output when it ends before, or takes too long. It ends
 * when it is interrupted.
 */
export async function startServer(
  { command, args, cwd, env }: Launch,
  environment: Record<string, string>,
  isReady: () => Promise<string | null>,
  interruption: AbortSignal,
): Promise<ServerRun> {
  const { PATH = '', HOME = '' } = process.env;
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { PATH, HOME, ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: interruption,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-outputLength);
    });
  }
  // A command that is not there, or an interruption.
  child.on('error', ({ message }) => {
    output += message;
  });
  for (;;) {
    const lack = await isReady().catch(({ message }: Error) => message);
    const readyMs = performance.now() - startedAt;
    if (lack === null) return { pid: child.pid ?? 0, readyMs, stop: () => stop(child) };
    if (hasEnded(child) || readyMs > startDeadlineMs) {
      await stop(child);
      throw new Error(`it did not start: ${lack}\n${output}`.trim());
    }
    await pause(pauseMs);
  }
}

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess) =>
  pid === undefined || exitCode !== null || signalCode !== null;

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
  await exited;
  clearTimeout(deadline);
}

/** Waits for so long. */
export const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
