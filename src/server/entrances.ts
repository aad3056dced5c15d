import type { Config } from '../config.ts';
import { createCaller } from '../graphql/caller.ts';
import type { Services } from '../graphql/context.ts';
import { createAdmitFile } from '../graphql/file-admission.ts';
import {
  createHeldCallers,
  type HeldCallers,
  type HeldCallersParts,
} from '../graphql/held-callers.ts';
import { createRunOperation } from '../graphql/run-operation.ts';
import { schema } from '../graphql/schema.ts';
import { clientKey } from '../platform/client-key.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import type { Log } from '../platform/log.ts';
import type { RateLimiter } from '../platform/rate-limiter.ts';
import { createDataExportHandler } from './data-exports.ts';
import { createGraphqlEntrance, type Handler } from './graphql.ts';
import { createLiveConnections, type LiveConnections } from './live-connections.ts';
import { createOriginCheck } from './origin-check.ts';
import { type AnswerPlain, createAnswerPlain } from './plain-answers.ts';
import { createReadTokens } from './token-cookies.ts';
import { createUpgrade, type Upgrade } from './websocket.ts';

/** What the entrances lead to. */
export interface EntranceParts {
  config: Config;
  database: Database;
  services: Services;
  sessionCache: HeldCallersParts['sessions'];
  connectionLeases: HeldCallersParts['leases'];
  /** Counts in this process alone: every operation is counted. */
  limiter: RateLimiter;
  servesHost(hostname: string): boolean;
  /** Whether pages under this host name are the server's own. */
  isOwnHost(hostname: string): boolean;
  clock: Clock;
  log: Log;
}

/** All ways in to the one door: HTTP with event streams, and WebSockets. */
export interface Entrances {
  graphql: Handler;
  /** Takes what is plain of it. */
  plain: AnswerPlain;
  /** Takes what is below `/data-exports/`. */
  dataExports: Handler;
  upgrade: Upgrade;
  connections: LiveConnections;
  heldCallers: HeldCallers;
}

const minute = 60;

/** Builds the entrances around one door, so that each guard is theirs together. */
export function createEntrances(parts: EntranceParts): Entrances {
  const { config, services, limiter, servesHost, log } = parts;
  const operations = {
    name: 'operation/ip',
    points: config.clientLimits.operationsPerMinute,
    windowSeconds: minute,
    scope: 'CLIENT_IP',
  } as const;
  const chargeClient = (ipAddress: string | null) =>
    limiter.charge(operations, clientKey(ipAddress));
  const runOperation = createRunOperation({
    schema,
    services,
    db: parts.database.prisma,
    limits: config.operationLimits,
    liveCostPerUser: config.userLimits.liveCost,
    hideSuggestions: !config.introspection,
    chargeClient,
  });
  const { credentials } = services;
  const isTrusted = createOriginCheck(config.publicUrl, config.corsOrigins, parts.isOwnHost);
  const connections = createLiveConnections({ maxPerClient: config.clientLimits.liveConnections });
  const heldCallers = createHeldCallers({
    sessions: parts.sessionCache,
    leases: parts.connectionLeases,
    maxPerUser: config.userLimits.liveConnections,
    log,
  });
  const readTokens = createReadTokens({
    callerOf: (authorization) => createCaller(credentials, authorization, 'request'),
    // The PUBLIC_URL of development is always this machine's.
    isPlain: config.mode === 'development' && config.publicUrl.startsWith('http:'),
    clock: parts.clock,
  });
  const { handle, enveloped, fetchApi } = createGraphqlEntrance({
    schema,
    settings: config,
    runOperation,
    readTokens,
    admitFile: createAdmitFile(chargeClient),
    isTrusted,
    connections,
    heldCallers,
  });
  const upgrade = createUpgrade({
    runOperation,
    enveloped,
    callerOf: (authorization) => createCaller(credentials, authorization, 'connection'),
    chargeClient,
    isTrusted,
    connections,
    heldCallers,
    settings: { trustedProxyHops: config.trustedProxyHops, servesHost, ...config.webSockets },
    log,
  });
  return {
    graphql: handle,
    plain: createAnswerPlain({ runOperation, readTokens, enveloped, fetchApi }),
    dataExports: createDataExportHandler(services, readTokens),
    upgrade,
    connections,
    heldCallers,
  };
}
