import { userChanged } from '../../../src/modules/user/user.events.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { appendEvents } from '../../../src/platform/event-log/append.ts';
import type { Cluster, ClusterServer } from '../server-cluster.ts';
import type { TcpProxy } from '../tcp-proxy.ts';
import type { Progress } from './progress.ts';
import type { ChaosReader } from './readers.ts';
import { pick } from './writers.ts';

/** What the moves act on. */
export interface Board {
  cluster: Cluster;
  servers: readonly ClusterServer[];
  /** One before each server. */
  proxies: readonly TcpProxy[];
  readers: readonly Pick<ChaosReader, 'giveUp'>[];
  database: Database;
  userIds: readonly string[];
  progress: Progress;
  random: () => number;
}

/** A fault, by name; resolves once the next may come. */
export type Move = () => Promise<void>;

/** What may happen, and a way to wait until all servers serve again and nothing is held open. */
export interface Moves {
  kinds: Record<string, Move>;
  settle(): Promise<void>;
}

/** Restarts a server again when it loses its database while it starts, as a supervisor does. */
async function comeBack(server: ClusterServer, signal: NodeJS.Signals, tries = 5): Promise<void> {
  try {
    await server.restart(signal);
  } catch (error) {
    if (tries === 1) throw error;
    await comeBack(server, signal, tries - 1);
  }
}

/** Makes the faults. */
export function createMoves(board: Board): Moves {
  const { cluster, servers, proxies, readers, database, userIds, progress, random } = board;
  const serving = new Set(servers);
  const background: Promise<void>[] = [];

  /** Ends a server, unless it would be the last that serves; it comes back by itself. */
  function end(signal: NodeJS.Signals): void {
    if (serving.size < 2) return;
    const server = pick([...serving], random);
    serving.delete(server);
    background.push(comeBack(server, signal).then(() => void serving.add(server)));
  }

  const kinds: Moves['kinds'] = {
    async cutSockets() {
      const proxy = pick(proxies, random);
      await proxy.cut();
      await proxy.restore();
    },
    async cutInTheMiddle() {
      for (const proxy of proxies) void proxy.cutAfter(1 + Math.floor(random() * 20_000));
    },
    async giveUpSilentSockets() {
      for (const proxy of proxies) proxy.stallOpenConnections();
      await progress.growthOrStall(20);
      await Promise.all(readers.map(({ giveUp }) => giveUp()));
      // What they have given up is delivered after all.
      for (const proxy of proxies) await proxy.restore();
    },
    killServer: async () => end('SIGKILL'),
    stopServer: async () => end('SIGTERM'),
    async endDatabaseConnections() {
      const { administer, name } = cluster.scratch;
      const { rows } = await administer(
        `SELECT pid FROM pg_stat_activity WHERE datname = '${name}' ORDER BY pid`,
      );
      const share = 0.2 + random() * 0.8;
      const chosen = rows.map(({ pid }) => Number(pid)).filter(() => random() < share);
      await administer(`SELECT pg_terminate_backend(pid) FROM unnest('{${chosen}}'::int[]) pid`);
    },
    async appendAndWait() {
      const event = userChanged(pick(userIds, random), 'UPDATED', ['locale']);
      const held = database.prisma.$transaction(async (transaction) => {
        await appendEvents(transaction, [event]);
        // Whatever others commit meanwhile, readers may not see before this.
        await progress.growthOrStall(100);
        if (random() < 0.3) throw new Error('Rolled back on purpose.');
      });
      await held.catch(() => {});
    },
  };
  return {
    kinds,
    async settle() {
      for (const proxy of proxies) await proxy.restore();
      await Promise.all(background);
    },
  };
}
