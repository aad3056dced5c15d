import { once } from 'node:events';
import pg from 'pg';
import { accessChannel } from '../src/modules/session/access-notice.ts';
import { openSocketAt } from '../tests/support/cluster-connections.ts';
import {
  askAs,
  type Cluster,
  type ClusterSession,
  signInAt,
  startCluster,
} from '../tests/support/server-cluster.ts';

const sessions = 200;
const limitMs = 250;

/**
 * Measures how long a session that was ended at one server is still answered by another, and how
 * long an idle socket of another session stays open there after its commit, which a third process
 * hears of by the same notice as the servers.
 */
export async function main(): Promise<void> {
  const cluster = await startCluster();
  try {
    const listener = await listen(cluster);
    const figures: Figures = { commits: [], refusals: [], closes: [], answers: [] };
    for (const email of await cluster.makeUsers(sessions)) {
      await measureRefusal(cluster, await signInAt(cluster.servers[0], email), figures, listener);
      await measureClose(cluster, await signInAt(cluster.servers[0], email), figures, listener);
    }
    await listener.close();
    report(figures);
  } finally {
    await cluster.close();
  }
}

/** Milliseconds. */
interface Figures {
  /** From the request that ends a session until its commit is heard of. */
  commits: number[];
  /** From then until the first answer that refuses, and until the close. */
  refusals: number[];
  closes: number[];
  /** Of each answer that was no refusal. */
  answers: number[];
}

interface CommitListener {
  /** Resolves with the moment in which the next change of access is heard of. */
  heard(): Promise<number>;
  close(): Promise<void>;
}

/** Listens as the servers do. */
async function listen({ scratch }: Cluster): Promise<CommitListener> {
  const client = new pg.Client({ connectionString: scratch.url });
  await client.connect();
  await client.query(`LISTEN ${accessChannel}`);
  return {
    heard: () => once(client, 'notification').then(() => performance.now()),
    close: () => client.end(),
  };
}

/** Ends a session at the first server; resolves with when its commit was heard of. */
async function end(
  { servers }: Cluster,
  { accessToken }: ClusterSession,
  { commits }: Figures,
  { heard }: CommitListener,
): Promise<number> {
  const askedAt = performance.now();
  const committed = heard();
  await askAs(accessToken, servers[0], 'mutation { signOut { __typename } }');
  const committedAt = await committed;
  commits.push(committedAt - askedAt);
  return committedAt;
}

async function measureRefusal(
  cluster: Cluster,
  session: ClusterSession,
  figures: Figures,
  listener: CommitListener,
): Promise<void> {
  const isAnswered = async () => {
    const askedAt = performance.now();
    const { status } = await askAs(session.accessToken, cluster.servers[1], '{ me { id } }');
    if (status === 200) figures.answers.push(performance.now() - askedAt);
    return status !== 401;
  };
  if (!(await isAnswered())) throw new Error('The second server did not know the session.');
  const ending = end(cluster, session, figures, listener);
  while (await isAnswered());
  const refusedAt = performance.now();
  figures.refusals.push(refusedAt - (await ending));
}

async function measureClose(
  cluster: Cluster,
  session: ClusterSession,
  figures: Figures,
  listener: CommitListener,
): Promise<void> {
  const socket = await openSocketAt(cluster.servers[1], session.accessToken);
  const closed = socket.closed.then(() => performance.now());
  const committedAt = await end(cluster, session, figures, listener);
  figures.closes.push((await closed) - committedAt);
}

function report({ commits, refusals, closes, answers }: Figures): void {
  console.log(
    `revocation: ${refusals.length} sessions, refused ${inShort(refusals)} after the commit, idle sockets closed after ${inShort(closes)}; p99 is to be below ${limitMs} ms`,
    `(the commit came ${inShort(commits)} after it was asked for, an answer took ${inShort(answers)})`,
  );
  if ([refusals, closes].some((delays) => percentile(delays, 0.99) >= limitMs))
    process.exitCode = 1;
}

const inShort = (figures: number[]) =>
  `p50 ${percentile(figures, 0.5).toFixed(0)} ms, p99 ${percentile(figures, 0.99).toFixed(0)} ms`;

function percentile(values: number[], share: number): number {
  return values.sort((one, other) => one - other)[Math.ceil(values.length * share) - 1] ?? 0;
}
