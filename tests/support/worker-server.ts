import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { createScratchDatabase, type ScratchDatabase } from './postgres-server.ts';
import { type ClusterSession, clusterSettings, signInAt } from './server-cluster.ts';
import { entriesOf, openServerYard, type ServerProcess } from './server-process.ts';
import { openConversation, type ProtocolSocket } from './socket-client.ts';

/** A server of two workers, on a PostgreSQL database of its own, with one account. */
export interface WorkerServer {
  readonly supervisor: ServerProcess;
  readonly url: string;
  readonly scratch: ScratchDatabase;
  /** The process of the worker that was the nth to serve, counted from 1. */
  pidOf(nth: number): Promise<number>;
  signIn(): Promise<ClusterSession>;
  /** Opens a WebSocket that a certain worker has. */
  openSocketAt(pid: number, accessToken: string): Promise<ProtocolSocket>;
  /** Opens a connection that a certain worker has. */
  connectTo(pid: number): Promise<WorkerConnection>;
  /** Runs SQL on the database, past the server. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** An HTTP connection that is kept, so that one process answers all that is asked over it. */
export interface WorkerConnection {
  ask(query: string, accessToken?: string): Promise<{ status: number | undefined; body: unknown }>;
  close(): void;
}

/** Connections are shared out by chance: so many all go astray once in a trillion times. */
const mostTries = 40;

/** Starts such a server; resolves once both workers serve. */
export async function startWorkerServer(
  environment: Record<string, string> = {},
): Promise<WorkerServer> {
  const resources = new AsyncDisposableStack();
  const scratch = resources.adopt(await createScratchDatabase(), ({ drop }) => drop());
  const pool = resources.adopt(new pg.Pool({ connectionString: scratch.url }), (it) => it.end());
  const yard = resources.adopt(await openServerYard(), (each) => each.close());
  const { PUBLIC_URL: _, ...settings } = clusterSettings;
  const own = { DATABASE_URL: scratch.url, WORKERS: '2' };
  const supervisor = yard.start({ ...settings, ...own, ...environment });
  const pidOf = async (nth: number) => Number((await supervisor.logged('ready', nth)).pid);
  const url = await supervisor.ready();
  await pidOf(2);
  let probes = 0;

  /** Tells by the log which process answers what is asked by these means. */
  async function whoAnswers(ask: (query: string) => Promise<unknown>): Promise<unknown> {
    const name = `Probe${++probes}of${process.pid}`;
    await ask(`query ${name} { __typename }`);
    const isOfProbe = (entry: Record<string, unknown>) => entry.operationName === name;
    await supervisor.printed(new RegExp(`"${name}"`));
    return entriesOf(supervisor.output).find(isOfProbe)?.pid;
  }

  async function reach<Connection extends { close(): void }>(
    pid: number,
    open: () => Promise<Connection>,
    askOver: (connection: Connection, query: string) => Promise<unknown>,
  ): Promise<Connection> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const connection = await open();
      if ((await whoAnswers((query) => askOver(connection, query))) === pid) return connection;
      connection.close();
    }
    throw new Error(`The worker ${pid} gets no connection.`);
  }

  const webSocketUrl = `${url.replace('http', 'ws')}/graphql`;
  return {
    supervisor,
    url,
    scratch,
    pidOf,
    signIn: () => signInAt({ url }, clusterSettings.ADMIN_EMAIL),
    openSocketAt: (pid, token) =>
      reach(
        pid,
        () => openConversation({ webSocketUrl }, { token }),
        (socket, query) => socket.askOnce(query),
      ),
    connectTo: (pid) =>
      reach(
        pid,
        async () => connect(url),
        (connection, query) => connection.ask(query),
      ),
    query: async <Row extends object>(sql: string, values: unknown[] = []) =>
      (await pool.query<Row>(sql, values)).rows,
    close: () => resources.disposeAsync(),
  };
}

function connect(url: string): WorkerConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async ask(query, accessToken) {
      const asking = request(`${url}/graphql`, {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          ...(accessToken && { authorization: `Bearer ${accessToken}` }),
        },
      });
      asking.end(JSON.stringify({ query }));
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      return { status: response.statusCode, body: JSON.parse(await text(response)) };
    },
    close: () => agent.destroy(),
  };
}
