import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import type { Outbox } from '../platform/mail/outbox-transport.ts';
import { loadAssetHandlers } from './assets.ts';
import { dataExportsPath } from './data-exports.ts';
import type { Routes } from './find-route.ts';
import { createGraphiqlRoutes, type GraphiqlOptions } from './graphiql.ts';
import type { Handler } from './graphql.ts';
import { createLivenessHandler, createReadinessHandler, livenessPaths } from './health.ts';
import { createJwksHandler } from './jwks.ts';
import { createMailedLinkPages, type MailedLinkSettings } from './mailed-link-pages.ts';
import { createOutboxFrame, createOutboxPage, outboxPath } from './outbox-page.ts';
import { createPictureHandler, type FindPicture } from './pictures.ts';
import { graphqlPath } from './respond.ts';

/** What the routes lead to. */
export interface RouteParts extends MailedLinkSettings {
  graphql: Handler;
  /** Hands out archives with people's data. */
  dataExports: Handler;
  /** Null where browsers get no GraphiQL. */
  graphiql: GraphiqlOptions | null;
  database: Database;
  /** Whether the server is about to stop and should get no more traffic. */
  isStopping(): boolean;
  /** Reads the public keys as a JSON Web Key Set. */
  publishKeys(): Promise<object>;
  /** Finds what a path below `/avatars/` leads to. */
  findAvatar: FindPicture;
  /** Null where mails are really sent. */
  outbox: Outbox | null;
  clock: Clock;
}

/** Lists what the server answers, by path. */
export async function createRoutes(parts: RouteParts): Promise<Routes> {
  const { graphql, graphiql, database, outbox, clock } = parts;
  const alive = createLivenessHandler(clock);
  const stopping = async () => {
    if (parts.isStopping()) throw new Error('The server is about to stop.');
  };
  const checks = { database: database.ping, stopping };
  return {
    [graphqlPath]: graphql,
    [`${dataExportsPath}*`]: parts.dataExports,
    ...(graphiql && (await createGraphiqlRoutes(graphql, graphiql))),
    ...Object.fromEntries(livenessPaths.map((path) => [path, alive])),
    '/health/ready': createReadinessHandler(clock, checks),
    '/.well-known/jwks.json': createJwksHandler(parts.publishKeys),
    '/avatars/*': createPictureHandler(parts.findAvatar),
    ...createMailedLinkPages(parts),
    ...(await loadAssetHandlers()),
    ...(outbox && {
      [outboxPath]: createOutboxPage(outbox),
      [`${outboxPath}/frame`]: createOutboxFrame(outbox),
    }),
  };
}
