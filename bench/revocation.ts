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
 * Measures how long a session that was ended at one server is still answered by another: from the
 * UPDATE that ends it, which is a little before its commit, to the end of the first refusal.
 */
export async function main(): Promise<void> {
  const cluster = await startCluster();
  try {
    const [delays, answers]: [number[], number[]] = [[], []];
    for (const email of await cluster.makeUsers(sessions)) {
      const session = await signInAt(cluster.servers[0], email);
      delays.push(await measure(cluster, session, answers));
    }
    report(delays, answers);
  } finally {
    await cluster.close();
  }
}

/** Answers the delay, and adds how long each answer took of those that were not refused. */
async function measure(
  { servers, query }: Cluster,
  session: ClusterSession,
  answers: number[],
): Promise<number> {
  const [first, second] = servers;
  const { accessToken, id } = session;
  const isAnswered = async () => {
    const askedAt = performance.now();
    const { status } = await askAs(accessToken, second, '{ me { id } }');
    if (status === 200) answers.push(Math.round(performance.now() - askedAt));
    return status !== 401;
  };
  if (!(await isAnswered())) throw new Error('The second server did not know the session.');
  const ending = askAs(accessToken, first, 'mutation { signOut { __typename } }');
  while (await isAnswered());
  const refusedAt = Date.now();
  await ending;
  const sessionId = Buffer.from(id, 'base64').toString().replace('Session:', '');
  const [row] = await query<{ at: Date }>('SELECT revoked_at AS at FROM session WHERE id = $1', [
    sessionId,
  ]);
  return refusedAt - (row?.at.getTime() ?? 0);
}

function report(delays: number[], answers: number[]): void {
  const p99 = percentile(delays, 0.99);
  console.log(
    `revocation: ${delays.length} sessions, p50 ${percentile(delays, 0.5)} ms, p99 ${p99} ms; p99 is to be below ${limitMs} ms`,
    `(an answer took p50 ${percentile(answers, 0.5)} ms, p99 ${percentile(answers, 0.99)} ms)`,
  );
  if (p99 >= limitMs) process.exitCode = 1;
}

function percentile(values: number[], share: number): number {
  return values.sort((one, other) => one - other)[Math.ceil(values.length * share) - 1] ?? 0;
}
