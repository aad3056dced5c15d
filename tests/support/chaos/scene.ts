import pg from 'pg';
import { openDatabase } from '../../../src/platform/database/connect.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createScratchDatabase } from '../postgres-server.ts';
import { type Cluster, type ClusterServer, signInAt, startCluster } from '../server-cluster.ts';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts';
import { findNewest, type ReaderPlan } from './readers.ts';
import { writerConnections } from './writers.ts';

/** Everything that there is before anybody writes or reads. */
export interface Scene {
  cluster: Cluster;
  servers: readonly ClusterServer[];
  /** One before each server, through which readers come. */
  proxies: readonly TcpProxy[];
  /** Connections of the writers. */
  database: Database;
  /** The newest event, after which everybody reads. */
  start: { sequence: string; cursor: string };
  plans: readonly ReaderPlan[];
}

const [admins, owners] = [3, 5];

/** Starts three servers on one database, and signs in who is going to read. */
export async function setScene(resources: AsyncDisposableStack): Promise<Scene> {
  // No token runs out on the way: an answer to a refresh that is lost may end a session.
  const cluster = resources.adopt(await startCluster({ ACCESS_TOKEN_SECONDS: '3600' }), (each) =>
    each.close(),
  );
  const servers = [...cluster.servers, await cluster.addServer()];
  const proxies = await Promise.all(
    servers.map(({ url }) => startTcpProxy('127.0.0.1', Number(new URL(url).port))),
  );
  for (const proxy of proxies) resources.adopt(proxy, (each) => each.close());
  resources.defer(await writeElsewhere());
  const log = createLog({ level: 'silent', format: 'json' });
  const settings = { ...cluster.scratch.settings, poolSize: writerConnections };
  const database = resources.adopt(await openDatabase(settings, log), (each) => each.close());
  const start = await findNewest(cluster);
  return { cluster, servers, proxies, database, start, plans: await planReaders(cluster, start) };
}

/** Signs in administrators, who see the accounts of all, and users, who see their own. */
async function planReaders(
  cluster: Cluster,
  { cursor: after }: Scene['start'],
): Promise<ReaderPlan[]> {
  const root = Array<string>(admins).fill('root@example.org');
  const plans: ReaderPlan[] = [];
  for (const [n, email] of [...root, ...(await cluster.makeUsers(owners))].entries()) {
    const session = await signInAt(cluster.servers[0], email);
    const find = 'SELECT id FROM "user" WHERE email = $1';
    const [row] = await cluster.query<{ id: string }>(find, [email]);
    const seesAll = n < admins;
    const name = seesAll ? `administrator ${n + 1}` : `user ${n + 1 - admins}`;
    plans.push({ name, userId: row?.id ?? '', seesAll, session, after });
  }
  return plans;
}

/** Writes in another database of the cluster, in a transaction that stays open for the whole run. */
async function writeElsewhere(): Promise<() => Promise<void>> {
  const elsewhere = await createScratchDatabase();
  const client = new pg.Client(elsewhere.url);
  await client.connect();
  await client.query('BEGIN');
  await client.query('CREATE TABLE elsewhere AS SELECT 1 AS one');
  return async () => {
    await client.query('COMMIT');
    await client.end();
    await elsewhere.drop();
  };
}
