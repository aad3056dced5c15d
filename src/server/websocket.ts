import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { Call } from '../graphql/call.ts';
import type { Log } from '../platform/log.ts';
import { createCall } from './client-call.ts';
import type { LiveConnections } from './live-connections.ts';
import type { OriginCheck } from './origin-check.ts';
import { graphqlPath } from './respond.ts';
import { refuseUpgrade, type UpgradeRefusal } from './upgrade-refusal.ts';
import { openConnection } from './websocket-connection.ts';
import type { ConversationParts } from './websocket-conversation.ts';
import { createProtocol } from './websocket-protocol.ts';

/** Answers a request to change the protocol of a connection. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What WebSockets lead to, and what is asked before. */
export interface WebSocketParts extends ConversationParts {
  isTrusted: OriginCheck;
  connections: LiveConnections;
  settings: WebSocketSettings;
  log: Log;
}

/** How WebSockets are served. */
export interface WebSocketSettings {
  trustedProxyHops: number;
  /** Whether the server answers under this host name. */
  servesHost(hostname: string): boolean;
  /** Operations that run on one socket at a time. */
  maxOperations: number;
  messageBytes: number;
  initTimeoutMs: number;
}

const refusals = {
  host: {
    status: 421,
    code: 'MISDIRECTED_REQUEST',
    message: 'This server does not answer under that name.',
  },
  path: { status: 404, code: 'NOT_FOUND', message: 'There is nothing here.' },
  method: { status: 405, code: 'METHOD_NOT_ALLOWED', message: 'Only GET opens a WebSocket.' },
  origin: {
    status: 403,
    code: 'ORIGIN_NOT_ALLOWED',
    message: 'Pages of this origin may not call here.',
  },
  full: {
    status: 429,
    code: 'CONNECTION_LIMIT_EXCEEDED',
    message: 'Too many connections are held open from this address.',
  },
  stopping: {
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    message: 'The server is about to stop.',
  },
  handshake: { status: 400, code: 'BAD_REQUEST', message: 'The WebSocket handshake is not whole.' },
} as const satisfies Record<string, UpgradeRefusal>;

/** Builds the WebSocket entrance to the one door. */
export function createUpgrade(parts: WebSocketParts): Upgrade {
  const { connections, settings, log } = parts;
  const { maxOperations } = settings;
  const protocol = createProtocol(parts.enveloped().schema, settings.initTimeoutMs);
  const server = createHandshake(settings);
  const calls = new WeakMap<IncomingMessage, Call>();

  function refuse(request: IncomingMessage, socket: Duplex, refusal: UpgradeRefusal): void {
    const requestId = calls.get(request)?.requestId ?? '';
    const path = refusal === refusals.path ? null : graphqlPath;
    log.debug({ requestId, method: request.method, path, status: refusal.status }, 'request');
    const version = refusal === refusals.handshake && { 'Sec-WebSocket-Version': '13' };
    refuseUpgrade(socket, refusal, { 'X-Request-Id': requestId, ...version });
  }

  server.on('wsClientError', (_error, socket, request) =>
    refuse(request, socket, refusals.handshake),
  );
  server.on('headers', (lines, request) => {
    lines.push(`X-Request-Id: ${calls.get(request)?.requestId}`);
  });
  return (request, socket, head) => {
    const headers = new Headers(request.headers as Record<string, string>);
    const call = createCall(headers, request.socket.remoteAddress ?? null, log, settings);
    calls.set(request, call);
    const refusal = refusalOf(request, headers, parts);
    if (refusal !== null) return refuse(request, socket, refusal);
    let close = (): void => {
      socket.destroy();
    };
    const release = connections.admit(call.ipAddress, { close: () => close() });
    if (typeof release === 'string') return refuse(request, socket, refusals[release]);
    // Also when no handshake comes about.
    socket.once('close', release);
    server.handleUpgrade(request, socket, head, (webSocket) => {
      close = openConnection(webSocket, socket, call, { ...parts, protocol, maxOperations });
    });
  };
}

function createHandshake({ messageBytes }: WebSocketSettings): WebSocketServer {
  // Each piece costs many times its length, so that one byte at a time is not taken for long.
  const mostPieces = 1024 + messageBytes / 128;
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageBytes,
    maxBufferedChunks: mostPieces,
    maxFragments: mostPieces,
    // Clients that offer no such protocol are told by a close code, 4406, as its library does.
    handleProtocols,
  });
}

/** Tells why a request leads to no WebSocket, whatever its handshake; null when it may. */
function refusalOf(
  { method, url }: IncomingMessage,
  headers: Headers,
  { isTrusted, settings }: WebSocketParts,
): UpgradeRefusal | null {
  const host = headers.get('host');
  if (!settings.servesHost(new URL(`http://${host ?? 'localhost'}`).hostname)) return refusals.host;
  if (url?.split('?', 1)[0] !== graphqlPath) return refusals.path;
  if (method !== 'GET') return refusals.method;
  const sender = {
    origin: headers.get('origin'),
    host: host === null ? null : new URL(`http://${host}`).host,
    secFetchSite: headers.get('sec-fetch-site'),
  };
  return isTrusted(sender) ? null : refusals.origin;
}
