import type { Services } from '../graphql/context.ts';
import { createRunOperation } from '../graphql/run-operation.ts';
import { schema } from '../graphql/schema.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import type { Outbox } from '../platform/mail/outbox-transport.ts';
import { loadAssetHandlers } from './assets.ts';
import { createGraphqlHandler, type GraphqlSettings, type Handler } from './graphql.ts';
import { createLivenessHandler, createReadinessHandler, livenessPaths } from './health.ts';
import { createJwksHandler } from './jwks.ts';
import { createOutboxFrame, createOutboxPage, outboxPath } from './outbox-page.ts';
import { graphqlPath } from './respond.ts';
import { verifyEmailPage } from './verify-email-page.ts';

/** What the routes lead to. */
export interface RouteParts {
  config: GraphqlSettings;
  database: Database;
  services: Services;
  /** Reads the public keys as a JSON Web Key Set. */
  publishKeys(): Promise<object>;
  /** Null where mails are really sent. */
  outbox: Outbox | null;
  clock: Clock;
}

/** Lists what the server answers, by exact path. */
export async function createRoutes(parts: RouteParts): Promise<Record<string, Handler>> {
  const { config, database, services, outbox, clock } = parts;
  const alive = createLivenessHandler(clock);
  const checks = { database: database.ping };
  const runOperation = createRunOperation(services, database.prisma);
  return {
    [graphqlPath]: createGraphqlHandler(schema, runOperation, config),
    ...Object.fromEntries(livenessPaths.map((path) => [path, alive])),
    '/health/ready': createReadinessHandler(clock, checks),
    '/.well-known/jwks.json': createJwksHandler(parts.publishKeys),
    '/verify-email': verifyEmailPage,
    ...(await loadAssetHandlers()),
    ...(outbox && {
      [outboxPath]: createOutboxPage(outbox),
      [`${outboxPath}/frame`]: createOutboxFrame(outbox),
    }),
  };
}
