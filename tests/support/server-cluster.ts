import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { findFreePort } from './free-port.ts';
import { createScratchDatabase, type ScratchDatabase } from './postgres-server.ts';
import { production as productionSettings } from './production.ts';
import { openServerYard, type ServerProcess } from './server-process.ts';

/** One of several servers on one database. */
export interface ClusterServer {
  readonly url: string;
  /** Ends it, by default as a power cut would, and starts it again; resolves once it serves. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Kills it for good. */
  kill(): Promise<void>;
}

/** Server processes of their own on one database of its own, at the PostgreSQL server of the tests. */
export interface Cluster {
  readonly servers: readonly [ClusterServer, ClusterServer];
  /** Starts one more. */
  addServer(): Promise<ClusterServer>;
  readonly scratch: ScratchDatabase;
  /** Runs SQL on the database, past the servers. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Makes so many users without a mail; answers their addresses. */
  makeUsers(count: number): Promise<string[]>;
  close(): Promise<void>;
}

/** What the servers derive their keys from. */
export const clusterSecret = 'the secret key of servers that share a database';

const password = 'a password of good length';

const { EMBEDDED_DATABASE: _, ...production } = productionSettings;
/** What each is started with; makes the one first account, whose hash all others get. */
export const clusterSettings = {
  ...production,
  ADMIN_EMAIL: 'root@example.org',
  ADMIN_PASSWORD: password,
  SECRET_KEY: clusterSecret,
  DATABASE_TLS: 'disable',
  TRUSTED_PROXY_HOPS: '1',
  CLIENT_OPERATIONS_PER_MINUTE: '1000000',
};

/** Starts two servers; the second may get an environment of its own. */
export async function startCluster(
  environment: Record<string, string> = {},
  ofSecond: (scratch: ScratchDatabase) => Promise<Record<string, string>> = async () => ({}),
): Promise<Cluster> {
  const resources = new AsyncDisposableStack();
  const scratch = resources.adopt(await createScratchDatabase(), ({ drop }) => drop());
  const pool = resources.adopt(new pg.Pool({ connectionString: scratch.url }), (it) => it.end());
  // Tests end its connections, too, also those that nobody uses just then.
  pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
  const firstPort = await findFreePort();
  // One PUBLIC_URL, as behind a load balancer: it is the issuer of the tokens.
  const shared = {
    ...clusterSettings,
    PUBLIC_URL: `http://127.0.0.1:${firstPort}`,
    ...environment,
  };
  const start = async (port: number, more: Record<string, string>): Promise<ClusterServer> => {
    const yard = resources.adopt(await openServerYard(), (each) => each.close());
    const launch = async (): Promise<ServerProcess> => {
      const own = { DATABASE_URL: scratch.url, PORT: String(port) };
      const server = yard.start({ ...shared, ...own, ...more });
      await server.ready();
      return server;
    };
    let server = await launch();
    const end = async (signal: NodeJS.Signals) => {
      server.signal(signal);
      await server.exited;
    };
    return {
      url: `http://127.0.0.1:${port}`,
      kill: () => end('SIGKILL'),
      async restart(signal = 'SIGKILL') {
        await end(signal);
        server = await launch();
      },
    };
  };
  const query = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await pool.query<Row>(sql, values)).rows;
  return {
    servers: [
      await start(firstPort, {}),
      await start(await findFreePort(), await ofSecond(scratch)),
    ],
    addServer: async () => start(await findFreePort(), {}),
    scratch,
    query,
    makeUsers: (count) => makeUsers(query, count),
    close: () => resources.disposeAsync(),
  };
}

async function makeUsers(query: Cluster['query'], count: number): Promise<string[]> {
  const rows = await query<{ email: string }>(
    `WITH made AS (
       INSERT INTO "user" (id, email, display_name)
       SELECT gen_random_uuid(), gen_random_uuid() || '@example.com', 'Somebody'
       FROM generate_series(1, $1::int) RETURNING id, email
     ), credential AS (
       INSERT INTO password_credential (user_id, hash)
       SELECT made.id, known.hash FROM made, (SELECT hash FROM password_credential LIMIT 1) known
     )
     SELECT email FROM made`,
    [count],
  );
  return rows.map(({ email }) => email);
}

/** An answer of a server; the status 0 and no data where none came. */
export interface ClusterAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: as many shapes as questions
  data: any;
}

/** Asks a server, each time as another client, so that limits by address are not in the way. */
export async function askAs(
  accessToken: string | null,
  { url }: Pick<ClusterServer, 'url'>,
  query: string,
  variables: object = {},
  signal: AbortSignal | null = null,
): Promise<ClusterAnswer> {
  const address = randomBytes(12).toString('hex').match(/.{4}/g)?.join(':');
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': `2001:db8:${address}`,
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify({ query, variables }),
      signal,
    });
    const { data = null } = (await response.json()) as { data?: unknown };
    return { status: response.status, data };
  } catch {
    return { status: 0, data: null };
  }
}

/** A session that began at one of the servers. */
export interface ClusterSession {
  /** Global id. */
  id: string;
  accessToken: string;
  refreshToken: string;
}

/** Signs a user of `makeUsers` in. */
export async function signInAt(
  server: Pick<ClusterServer, 'url'>,
  email: string,
): Promise<ClusterSession> {
  const { data } = await askAs(
    null,
    server,
    `mutation ($input: SignInInput!) { signIn(input: $input) {
      ... on AuthPayload { session { id } tokens { accessToken refreshToken } }
    } }`,
    { input: { email, password } },
  );
  if (!data?.signIn?.tokens) throw new Error(`The sign-in was answered ${JSON.stringify(data)}.`);
  return { id: data.signIn.session.id, ...data.signIn.tokens };
}
