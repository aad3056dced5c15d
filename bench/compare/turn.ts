import type { BenchDatabase } from './bench-database.ts';
import { readExpected } from './expected.ts';
import { type Load, startSignIns } from './load.ts';
import type { CompareOptions, MeasureName } from './options.ts';
import { treeBusyMs, treeResidentBytes } from './process-tree.ts';
import type { Recorder } from './recorder.ts';
import { pause, type ServerRun, startServer } from './server-run.ts';
import type { Person, System, WorkloadName } from './system.ts';
import { type Callers, checkViewer, prepareClients } from './verify.ts';

/** What the turns of one round have in common. */
export interface Round {
  round: number;
  options: CompareOptions;
  database: BenchDatabase;
  url: string;
  environment: Record<string, string>;
  callers: Callers;
  /** Who may sign in under load, and the password of all. */
  people: { emails: readonly string[]; password: string };
  load: Load;
  interruption: AbortSignal;
  record: Recorder;
}

const restMs = 2_000;
const signInConnections = 16;
const signInLeadMs = 1_000;

/**
 * Gives a system its turn: starts it, has each workload checked and measured, and stops it. Throws
 * when it is interrupted.
 */
export async function takeTurn(system: System, turn: Round): Promise<void> {
  const { round, options, record, callers } = turn;
  const [viewer] = callers.viewers;
  if (viewer === undefined) throw new Error('There are no viewers.');
  // How it rests is to be seen before the first load.
  const measures = options.only
    .filter((measure) => has(system, viewer, measure))
    .toSorted(restFirst);
  const fail = (measure: MeasureName, error: unknown) => {
    turn.interruption.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    record.fault({ round, system: system.name, measure, reason });
  };
  let server: ServerRun;
  try {
    server = await start(system, turn);
  } catch (error) {
    for (const measure of measures) fail(measure, error);
    return;
  }
  for (const measure of measures) {
    try {
      if (measure === 'W9') await measureStart(system, turn, server);
      else await measureLoad(system, measure, turn, server);
    } catch (error) {
      fail(measure, error);
    }
  }
  await server.stop();
}

const restFirst = (one: MeasureName, other: MeasureName) =>
  Number(other === 'W9') - Number(one === 'W9');

function has(system: System, viewer: Person, measure: MeasureName): boolean {
  if (measure === 'W9') return true;
  if (measure === 'W5') return system.signIn !== undefined;
  return system.request(measure, viewer) !== null;
}

/** It is ready once it answers right. */
async function start(system: System, turn: Round): Promise<ServerRun> {
  const { callers, environment, url } = turn;
  const expected = await readExpected(turn.database);
  const isReady = () => checkViewer(url, system, callers, expected);
  return await startServer(system.start(environment), environment, isReady, turn.interruption);
}

async function measureStart({ name }: System, turn: Round, server: ServerRun): Promise<void> {
  await pause(restMs);
  turn.record.start({
    round: turn.round,
    system: name,
    readyMs: server.readyMs,
    restingBytes: await treeResidentBytes(server.pid),
  });
}

async function measureLoad(
  system: System,
  measure: WorkloadName | 'W5',
  turn: Round,
  { pid }: ServerRun,
): Promise<void> {
  const { url, load, options } = turn;
  const workload = measure === 'W5' ? 'W1' : measure;
  const expected = await readExpected(turn.database);
  const clients = await prepareClients(url, system, workload, turn.callers, expected);
  const warmUp = await load.run({ url, clients, seconds: options.warmUpSeconds });
  const signIns = measure === 'W5' ? await beginSignIns(system, turn) : null;
  try {
    const busyBefore = await treeBusyMs(pid);
    const result = await load.run({ url, clients, seconds: options.seconds });
    const busyMs = (await treeBusyMs(pid)) - busyBefore;
    const signedIn = (await signIns?.stop()) ?? null;
    const fault = warmUp.fault ?? result.fault ?? signedIn?.fault;
    if (fault) throw new Error(fault);
    const { answers, seconds, p50Ms, p99Ms } = result;
    turn.record.measurement({
      round: turn.round,
      system: system.name,
      measure,
      requestsPerSecond: answers / seconds,
      p50Ms,
      p99Ms,
      cpuUs: signedIn === null ? (busyMs * 1000) / answers : null,
      signIns: signedIn && {
        perSecond: signedIn.signedIn / signedIn.seconds,
        busy: signedIn.busy,
      },
      loadShare: result.busyMs / (seconds * 1000),
    });
  } finally {
    signIns?.close();
  }
}

async function beginSignIns({ name }: System, { url, people }: Round) {
  const order = { url, system: name, connections: signInConnections, ...people };
  const signIns = await startSignIns(order);
  await pause(signInLeadMs);
  return signIns;
}
