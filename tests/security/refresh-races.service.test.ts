import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { issueRefreshToken, readRefreshClaim } from '../../src/modules/session/refresh-token.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { createRandom } from '../support/random.ts';
import {
  askAs,
  type Cluster,
  clusterSecret,
  signInAt,
  startCluster,
} from '../support/server-cluster.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const seconds = Number(process.env.TEST_REFRESH_SECONDS ?? 10);

const keyring = createKeyring(clusterSecret, null);
const mutation = `mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) {
  ... on AuthPayload { tokens { refreshToken } } ... on InvalidTokenError { reason }
} }`;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
}, 60_000);
afterAll(() => cluster?.close());

interface Stored {
  id: string;
  counter: number;
  salt: Buffer;
  ended: boolean;
}

/** What a refresh was answered: a token, the reason of a refusal, or null where nothing came. */
type Refreshed = { token: string } | { reason: string } | null;

async function refreshAt(index: number, token: string, signal?: AbortSignal): Promise<Refreshed> {
  const server = cluster.servers[index % 2] ?? cluster.servers[0];
  const { status, data } = await askAs(null, server, mutation, { token }, signal);
  if (status !== 200) return null;
  const { tokens, reason } = data.refreshSession;
  return tokens ? { token: tokens.refreshToken } : { reason };
}

const idOf = (token: string) => readRefreshClaim(token)?.sessionId ?? '';
const counterOf = (token: string) => readRefreshClaim(token)?.counter ?? -1;

async function stored(id: string): Promise<Stored> {
  const [row] = await cluster.query<Stored>(
    'SELECT id, counter, salt, revoked_at IS NOT NULL AS ended FROM session WHERE id = $1',
    [id],
  );
  if (!row) throw new Error('The session is gone.');
  return row;
}

const leaveWindow = (id: string) =>
  cluster.query(
    `UPDATE session SET rotated_at = rotated_at - interval '10 seconds' WHERE id = $1`,
    [id],
  );

/** Starts sessions of as many users; answers their refresh tokens. */
async function startSessions(count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (const email of await cluster.makeUsers(count)) {
    tokens.push((await signInAt(cluster.servers[0], email)).refreshToken);
  }
  return tokens;
}

/** The tokens of a session that a client was given. */
interface Line {
  id: string;
  known: Set<string>;
  newest: string;
}

describe('a refresh token', () => {
  it('has one successor, however many refresh it at two servers at once', async () => {
    const [token = ''] = await startSessions(1);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => refreshAt(index, token)),
    );
    const session = await stored(idOf(token));
    expect(session).toMatchObject({ counter: 1, ended: false });
    const successor = issueRefreshToken(keyring, session);
    expect(answers).toEqual(Array(50).fill({ token: successor }));
    await leaveWindow(session.id);
    expect(await refreshAt(0, successor)).toMatchObject({ token: expect.any(String) });
  });

  it(
    `has one living successor or none, whatever happens (TEST_SEED=${seed}, ${seconds} s)`,
    async () => {
      const random = createRandom(seed);
      const tally = { refreshes: 0, lost: 0, kills: 0, dead: 0, alive: 0 };
      const sessions = await startSessions(40);
      const endsAt = performance.now() + seconds * 1000;
      const isOver = () => performance.now() > endsAt;
      const lines: Line[] = [];

      const present = async (line: Line, token: string, signal?: AbortSignal) => {
        const answer = await refreshAt(Math.floor(random() * 2), token, signal);
        tally.refreshes += 1;
        if (answer === null) tally.lost += 1;
        if (answer === null || 'reason' in answer) return;
        // The current token or its child, never another one.
        expect([0, 1]).toContain(counterOf(answer.token) - counterOf(token));
        line.known.add(answer.token);
        if (counterOf(answer.token) > counterOf(line.newest)) line.newest = answer.token;
      };
      // A number of moves, so that some sessions survive however many a machine makes in the time.
      /** Plays one client with its session, for as long as the session has not ended. */
      const play = async (line: Line) => {
        let moves = Math.ceil(random() * 60);
        while (moves-- > 0 && !isOver() && !(await stored(line.id)).ended) {
          const move = random();
          const { newest } = line;
          if (move < 0.3) await present(line, newest);
          else if (move < 0.5) await Promise.all([present(line, newest), present(line, newest)]);
          else if (move < 0.65)
            await present(line, newest, AbortSignal.timeout(Math.floor(random() * 8)));
          else if (move < 0.98) await leaveWindow(line.id);
          else await present(line, [...line.known][Math.floor(random() * line.known.size)] ?? '');
        }
      };
      const playOn = async () => {
        for (let token = sessions.pop(); token && !isOver(); token = sessions.pop()) {
          const line = { id: idOf(token), known: new Set([token]), newest: token };
          lines.push(line);
          await play(line);
        }
      };
      const killServers = async () => {
        for (; !isOver(); tally.kills += 1) {
          await cluster.servers[random() < 0.5 ? 0 : 1].restart();
        }
      };
      await Promise.all([killServers(), playOn(), playOn(), playOn()]);
      await settle();
      for (const line of lines) tally[await verify(line)] += 1;
      console.log(`TEST_SEED=${seed}: ${JSON.stringify(tally)}`);
      const { alive, dead, lost, kills } = tally;
      expect(Math.min(alive, dead, lost, kills), 'something never happened').toBeGreaterThan(0);
    },
    (seconds + 90) * 1000,
  );
});

/** Ends what requests are still under way that nobody waits for. */
async function settle(): Promise<void> {
  await Promise.all(cluster.servers.map((server) => server.restart()));
  const isQuiet = async () => {
    const busy = await cluster.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database()
       AND pid <> pg_backend_pid() AND state LIKE '%transaction%'`,
    );
    return busy.length === 0;
  };
  await vi.waitUntil(isQuiet, { interval: 50, timeout: 20_000 });
}

/** Refuses a line of tokens that is neither dead at both servers nor goes on in one way. */
async function verify({ id, known }: Line): Promise<'dead' | 'alive'> {
  await leaveWindow(id);
  const session = await stored(id);
  const tokenOf = (counter: number) => issueRefreshToken(keyring, { ...session, counter });
  for (const token of known) {
    expect(counterOf(token)).toBeLessThanOrEqual(session.counter);
    expect(token).toBe(tokenOf(counterOf(token)));
  }
  if (session.ended) {
    for (const token of [...known, tokenOf(session.counter)]) {
      expect(await refreshAt(0, token)).toEqual({ reason: 'REVOKED' });
      expect(await refreshAt(1, token)).toEqual({ reason: 'REVOKED' });
    }
    return 'dead';
  }
  const current = tokenOf(session.counter);
  const answers = await Promise.all([refreshAt(0, current), refreshAt(1, current)]);
  expect(answers).toEqual(Array(2).fill({ token: tokenOf(session.counter + 1) }));
  return 'alive';
}
