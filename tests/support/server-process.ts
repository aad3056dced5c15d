import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionResult } from 'graphql';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { noteSecrets, requireNoSecrets } from './used-secrets.ts';

/** A server that runs as a process of its own, as an operator starts it. */
export interface ServerProcess {
  /** By which the system tells of it. */
  readonly pid: number | undefined;
  /** Lines that it wrote to standard output so far. */
  readonly output: readonly string[];
  /** Lines that it wrote to standard error so far. */
  readonly errors: readonly string[];
  /** Resolves with the nth log entry of this message, past or future; rejects if it ends before. */
  logged(message: string, nth?: number): Promise<Record<string, unknown>>;
  /** Resolves with its output once a line of that matches; rejects if it ends before. */
  printed(pattern: RegExp): Promise<string>;
  /** Resolves with the URL that it serves once it is ready; rejects if it ends before. */
  ready(): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Closes the reading end of its standard output, as a log collector that died does. */
  stopReading(): void;
  /** Resolves once it is gone and its output is read: with its exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
}

const entry = join(import.meta.dirname, '../../src/main.ts');

/** Starts the server with nothing in its environment but what is given, and any free port. */
function startServer(
  dataDir: string,
  environment: Record<string, string> = {},
  parameters: string[] = [],
): ServerProcess {
  const child = spawn(process.execPath, [entry, ...parameters], {
    // Away from the `.env` of whoever runs the tests.
    cwd: tmpdir(),
    env: { PORT: '0', DATA_DIR: dataDir, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const errors: string[] = [];
  const outputReader = createInterface(child.stdout).on('line', (line) => output.push(line));
  const errorReader = createInterface(child.stderr).on('line', (line) => errors.push(line));
  const readers = [outputReader, errorReader].map((reader) => once(reader, 'close'));
  const exited = Promise.all([once(child, 'exit'), ...readers]).then(
    ([[code, signal]]) => (code ?? signal) as number | string,
  );
  const found = async <T>(look: () => T | undefined): Promise<T> => {
    for (let ended = false; ; ) {
      const result = look();
      if (result !== undefined) return result;
      if (ended) throw new Error(['It ended:', ...output, ...errors].join('\n'));
      const more = once(outputReader, 'line').then(() => false);
      ended = await Promise.race([more, exited.then(() => true)]);
    }
  };
  const logged: ServerProcess['logged'] = (message, nth = 1) =>
    found(() => entriesOf(output).filter(({ msg }) => msg === message)[nth - 1]);
  return {
    pid: child.pid,
    output,
    errors,
    logged,
    printed: (pattern) =>
      found(() => (output.some((line) => pattern.test(line)) ? output.join('\n') : undefined)),
    ready: async () => String((await logged('ready')).url),
    signal: (signal) => {
      child.kill(signal);
    },
    stopReading: () => {
      outputReader.close();
      child.stdout.destroy();
    },
    exited,
  };
}

/** Reads the log entries among lines of output. */
export function entriesOf(lines: readonly string[]): Record<string, unknown>[] {
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

/** Runs servers on one data directory, one after the other. */
export interface ServerYard {
  /** Created by the first start. */
  readonly dataDir: string;
  start(environment?: Record<string, string>, ...parameters: string[]): ServerProcess;
  /** Ends whatever still runs. */
  killAll(): Promise<void>;
  /** Ends whatever still runs and removes the data. */
  close(): Promise<void>;
}

/** Opens a yard without data. */
export async function openServerYard(): Promise<ServerYard> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-server-'));
  const dataDir = join(directory, 'data');
  const started: ServerProcess[] = [];
  const killAll = async () => {
    const ending = started.splice(0);
    for (const server of ending) server.signal('SIGKILL');
    await Promise.all(ending.map(({ exited }) => exited));
    for (const { output, errors } of ending) requireNoSecrets([...output, ...errors].join('\n'));
  };
  return {
    dataDir,
    start(environment, ...parameters) {
      const server = startServer(dataDir, environment, parameters);
      started.push(server);
      return server;
    },
    killAll,
    async close() {
      await killAll();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Asks a running server and answers the data; fails with what was said instead. */
export async function askServer<Data, Variables>(
  url: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  accessToken?: string,
): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const body = (await response.json()) as ExecutionResult<Data>;
  noteSecrets([variables, body]);
  if (body.errors || !body.data) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return body.data;
}
