import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { post } from './http-transports.ts';
import { anyAddress } from './people.ts';
import { entriesOf, openServerYard, type ServerProcess } from './server-process.ts';
import type { Transport } from './transport.ts';
import { transports } from './transports.ts';
import { webSocket } from './websocket-transport.ts';

/** A server in a process of its own, with little memory, that is attacked. */
export interface AttackedProcess {
  readonly url: string;
  readonly port: number;
  /** Attacks; fails unless another client is answered all the while, and the server has no trouble. */
  during(attack: () => Promise<unknown>): Promise<void>;
  /** Memory in MiB by which the process has grown since its start; 0 where the system does not tell. */
  grownBy(): Promise<number>;
}

/** MiB for all objects: so little that what an attack leaves behind ends the process. */
const heap = 256;

/** Starts the server once for a test file, without any limit to how much a client may ask. */
export function useAttackedProcess(environment: Record<string, string> = {}): AttackedProcess {
  const running: Partial<AttackedProcess> = {};
  let close = async () => {};
  beforeAll(async () => {
    const yard = await openServerYard();
    close = yard.close;
    const server = yard.start({
      NODE_OPTIONS: `--max-old-space-size=${heap}`,
      TRUSTED_PROXY_HOPS: '1',
      CLIENT_OPERATIONS_PER_MINUTE: '1000000',
      ...environment,
    });
    const url = await server.ready();
    const memory = await memoryOf(server);
    Object.assign(running, {
      url,
      port: Number(new URL(url).port),
      during: (attack) => attackOn(server, url, attack),
      grownBy: async () => (await memoryOf(server)) - memory,
    } satisfies AttackedProcess);
  });
  afterAll(() => close());
  return running as AttackedProcess;
}

async function attackOn(server: ServerProcess, url: string, attack: () => Promise<unknown>) {
  let isOver = false;
  const attacked = attack().finally(() => {
    isOver = true;
  });
  while (!isOver) await askAsAnother(url, [post, webSocket]);
  await attacked;
  await askAsAnother(url, transports);
  expect(entriesOf(server.output).filter(({ level }) => level !== 'info')).toEqual([]);
  expect(server.errors).toEqual([]);
}

async function askAsAnother(url: string, some: readonly Transport[]): Promise<void> {
  for (const { name, ask } of some) {
    const { data, codes } = await ask(
      url,
      { query: '{ __typename }' },
      { ipAddress: anyAddress() },
    );
    expect({ name, data, codes }).toEqual({ name, data: { __typename: 'Query' }, codes: [] });
  }
}

async function memoryOf({ pid }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return Math.round(Number(kib ?? 0) / 1024);
}
