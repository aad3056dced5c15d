import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { busyMs } from '../../tests/support/socket-crowd.ts';
import type { LoadOrder, LoadResult } from './load-process.ts';
import type { SignInOrder, SignInResult } from './sign-in-process.ts';

/** Puts a server under load from a process of its own. */
export interface Load {
  /** Asks so long what is ordered, on as many connections as there are clients in it. */
  run(order: LoadOrder): Promise<LoadResult & { busyMs: number }>;
  close(): void;
}

/** Starts the process of the load. */
export function openLoad(): Load {
  const child = start('load-process.ts');
  const { pid = 0 } = child;
  return {
    async run(order) {
      const busyBefore = await busyMs(pid);
      const result = (await ask(child, order)) as LoadResult;
      return { ...result, busyMs: (await busyMs(pid)) - busyBefore };
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** People who sign in one after the other, many at once, from a process of their own. */
export interface SignIns {
  stop(): Promise<SignInResult>;
  /** Ends the process, whatever it does. */
  close(): void;
}

/** Has people sign in until it is stopped; resolves once they have begun. */
export async function startSignIns(order: SignInOrder): Promise<SignIns> {
  const child = start('sign-in-process.ts');
  await ask(child, order);
  return {
    stop: async () => (await ask(child, 'stop')) as SignInResult,
    close: () => void child.kill('SIGKILL'),
  };
}

const start = (file: string) => fork(join(import.meta.dirname, file));

/** Sends a message and resolves with the next one that comes back. */
async function ask(child: ChildProcess, message: object | string): Promise<unknown> {
  const ending = new AbortController();
  const ended = once(child, 'exit', { signal: ending.signal }).then(() => {
    throw new Error('The process of the load has ended.');
  });
  try {
    const answer = once(child, 'message', { signal: ending.signal });
    child.send(message);
    return (await Promise.race([answer, ended]))[0];
  } finally {
    ending.abort();
  }
}
