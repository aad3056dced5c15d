import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { withPort } from '../config/with-port.ts';
import type { Config } from '../config.ts';
import { describeFault } from '../platform/fault.ts';
import type { Log } from '../platform/log.ts';
import { onStopSignal } from '../stop-signal.ts';
import { type Assignment, ready } from './assignment.ts';
import { createBackOff } from './back-off.ts';
import { claimPort } from './claim-port.ts';

/** By how much a stop may outlast its grace: longer than what a worker ends itself after. */
const overrunMs = 1_500;

const entry = join(import.meta.dirname, 'main.ts');

/**
 * Runs a server as several processes that share its port, of which this is none. Ends the process
 * where the port cannot be had.
 */
export async function startWorkers(given: Config, processLog: Log): Promise<void> {
  const log = processLog.child({ pid: process.pid });
  try {
    // First, so that a taken port is told before anything is opened or changed.
    const port = await claimPort(given);
    supervise(withPort(given, port), log);
  } catch (error) {
    const { failStart } = await import('../start-failure.ts');
    failStart(error, given, log);
  }
}

/**
 * Keeps the number of workers. The first one starts alone; where it ends before it has served, the
 * start has failed, and this process ends like it.
 */
function supervise(config: Config, log: Log): void {
  const running = new Set<ChildProcess>();
  let hasServed = false;
  let isStopping = false;

  function keepWorker(number: number, backOff = createBackOff()): void {
    if (isStopping) return;
    const startedAt = performance.now();
    const worker = fork(entry);
    const { pid } = worker;
    running.add(worker);
    const end = (code: number | null, signal: string | null) => {
      running.delete(worker);
      if (isStopping) return;
      if (!hasServed) {
        // One that ends by itself has said why.
        if (code === null) log.fatal({ signal }, 'The first worker was killed while it started.');
        process.exit(code ?? 1);
      }
      const pauseMs = backOff.pauseAfter(performance.now() - startedAt);
      setTimeout(keepWorker, pauseMs, number, backOff);
      // One that somebody told to stop has ended in order.
      const ended = { worker: number, ended: pid, code, signal, pauseMs };
      log[code === 0 ? 'info' : 'error'](ended, 'A worker ended; another one takes its place.');
    };
    worker.on('exit', end);
    worker.on('error', (error) => {
      log.error({ worker: number, fault: describeFault(error) }, 'A worker could not be reached.');
      // The system gave no process; then there is no exit either.
      if (pid === undefined) end(null, null);
    });
    worker.on('message', (message) => {
      if (message !== ready || hasServed) return;
      hasServed = true;
      for (let other = 2; other <= config.workers; other += 1) keepWorker(other);
    });
    // What is there once is made ready by the first to start; the jobs are one worker's.
    const part = { isFirst: !hasServed, doesJobs: number === 1, sharesPort: true };
    worker.send({ config, part, number } satisfies Assignment);
  }

  // Those that hang would not notice that they are alone.
  process.on('exit', () => {
    for (const worker of running) worker.kill('SIGKILL');
  });
  onStopSignal(log, async () => {
    isStopping = true;
    const limitMs = config.shutdownGraceSeconds * 1000 + overrunMs;
    setTimeout(() => process.exit(1), limitMs).unref();
    const inOrder = await Promise.all([...running].map(stopWorker));
    if (inOrder.includes(false)) throw new Error('A worker was cut off.');
  });
  keepWorker(1);
}

/** Stops a worker and waits until it is gone; answers whether that was in order. */
async function stopWorker(worker: ChildProcess): Promise<boolean> {
  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  const [code, signal] = await ended;
  // The signal itself ends one that does not listen for it yet.
  return code === 0 || signal === 'SIGTERM';
}
