import { startScript } from './script-process.ts';
import { openServerYard, type ServerProcess } from './server-process.ts';

/** A process to which many hold sockets. */
export interface CrowdedServer {
  /** By which the system tells of it. */
  pid: number;
  webSocketUrl: string;
  close(): Promise<void>;
}

/** A server as an operator starts it, on an embedded database, but for its limits on clients. */
export interface CrowdedLatchkey extends CrowdedServer {
  url: string;
  process: ServerProcess;
}

/** Starts one with the sample accounts. */
export async function startCrowdedLatchkey(
  environment: Record<string, string> = {},
): Promise<CrowdedLatchkey> {
  const yard = await openServerYard();
  const server = yard.start({
    LOG_LEVEL: 'info',
    CLIENT_OPERATIONS_PER_MINUTE: '1000000',
    CLIENT_LIVE_CONNECTIONS: '100000',
    USER_LIVE_CONNECTIONS: '100000',
    ...environment,
  });
  const url = await server.ready();
  const webSocketUrl = `${url.replace('http', 'ws')}/graphql`;
  return { pid: server.pid ?? 0, url, webSocketUrl, process: server, close: yard.close };
}

/** Starts a bare server of `ws`, which sends each message that it gets to everybody. */
export async function startBareBroadcast(): Promise<CrowdedServer> {
  const script = startScript('raw-broadcast-process.ts');
  await script.printed(1);
  const [webSocketUrl = '', pid] = (script.lines[0] ?? '').split(' ');
  return { pid: Number(pid), webSocketUrl, close: script.kill };
}

/** Says what opens a socket with an access token and subscribes over it. */
export const greetingOf = (token: string, query: string, variables: object = {}) => [
  { type: 'connection_init', payload: { authorization: `Bearer ${token}` } },
  { type: 'subscribe', id: '1', payload: { query, variables } },
];
