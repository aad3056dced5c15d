import { clientKey } from '../platform/client-key.ts';

/** A WebSocket or an event stream, as far as its end goes. */
export interface LiveConnection {
  /** Ends it in a way that tells the client to come back elsewhere; called once at most. */
  close(): void;
}

/** Why a connection is not admitted: its client holds too many, or the server is about to stop. */
export type NotAdmitted = 'full' | 'stopping';

/** Knows what is held open by clients, bounds it, and ends it when the server stops. */
export interface LiveConnections {
  /** Takes a connection in; answers what to call when it is over, or why it must not be opened. */
  admit(ipAddress: string | null, connection: LiveConnection): (() => void) | NotAdmitted;
  /** Admits nothing more, and ends what is open in waves over so long. */
  drain(durationMs: number): Promise<void>;
}

const waves = 10;

/** Builds the register. */
export function createLiveConnections({ maxPerClient }: { maxPerClient: number }): LiveConnections {
  const open = new Set<LiveConnection>();
  const perClient = new Map<string, number>();
  let isDraining = false;

  function count(client: string, change: 1 | -1): void {
    const held = (perClient.get(client) ?? 0) + change;
    if (held > 0) perClient.set(client, held);
    else perClient.delete(client);
  }

  return {
    admit(ipAddress, connection) {
      const client = clientKey(ipAddress);
      if (isDraining) return 'stopping';
      if ((perClient.get(client) ?? 0) >= maxPerClient) return 'full';
      open.add(connection);
      count(client, 1);
      return () => {
        if (open.delete(connection)) count(client, -1);
      };
    },
    async drain(durationMs) {
      isDraining = true;
      // Not all at once, or all their clients would come back at once.
      const perWave = Math.ceil(open.size / waves);
      while (open.size > 0) {
        for (const connection of [...open].slice(0, perWave)) {
          open.delete(connection);
          connection.close();
        }
        if (open.size > 0) await new Promise((resolve) => setTimeout(resolve, durationMs / waves));
      }
    },
  };
}
