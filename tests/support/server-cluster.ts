import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { findFreePort } from './free-port.ts';
import { createScratchDatabase, type ScratchDatabase } from './postgres-server.ts';
import { production as productionSettings } from './production.ts';
import { openServerYard, type ServerProcess } from './server-process.ts';

/** One of several servers on one database. */
export interface ClusterServer {
  readonly url: string;
  /** Kills it as a power cut would, and starts it again; resolves once it serves. */
  restart(): Promise<void>;
}

/** Server processes of their own on one database of its own, at the PostgreSQL server of the tests. */
export interface Cluster {
  readonly servers: readonly [ClusterServer, ClusterServer];
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

// The one first account, whose hash all others get.
const { EMBEDDED_DATABASE: _, ...production } = productionSettings;
const settings = {
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
  pool.on('connect', (client) => client.on('error', () => {}));
  const yards = [
    resources.adopt(await openServerYard(), (yard) => yard.close()),
    resources.adopt(await openServerYard(), (yard) => yard.close()),
  ] as const;
  const ports = [await findFreePort(), await findFreePort()] as const;
  // One PUBLIC_URL, as behind a load balancer: it is the issuer of the tokens.
  const shared = { ...settings, PUBLIC_URL: `http://127.0.0.1:${ports[0]}`, ...environment };
  const start = async (index: 0 | 1, more: Record<string, string>): Promise<ClusterServer> => {
    const launch = async (): Promise<ServerProcess> => {
      const own = { DATABASE_URL: scratch.url, PORT: String(ports[index]) };
      const server = yards[index].start({ ...shared, ...own, ...more });
      await server.ready();
      return server;
    };
    let server = await launch();
    return {
      url: `http://127.0.0.1:${ports[index]}`,
      async restart() {
        server.signal('SIGKILL');
        await server.exited;
        server = await launch();
      },
    };
  };
  const query = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await pool.query<Row>(sql, values)).rows;
  return {
    servers: [await start(0, {}), await start(1, await ofSecond(scratch))],
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
  { url }: ClusterServer,
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
export async function signInAt(server: ClusterServer, email: string): Promise<ClusterSession> {
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
