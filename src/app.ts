import { sampleAccounts } from '../prisma/seed.ts';
import { type BackgroundParts, createBackground } from './app-background.ts';
import { layFoundation, layGround } from './app-ground.ts';
import { createServices } from './app-services.ts';
import { ownHosts, servedHosts } from './config/mode.ts';
import type { Config } from './config.ts';
import type { Services } from './graphql/context.ts';
import {
  createFirstAccounts,
  type FirstAccount,
  type FirstAccountsKind,
  holdsSampleAccounts,
  SampleAccountsError,
} from './modules/administration/first-accounts.ts';
import { workPeriodically } from './platform/jobs/periodic.ts';
import { createProcessRateLimiter } from './platform/rate-limiter.ts';
import { type AnswerPost, createAnswerPost } from './server/answer-post.ts';
import { createEntrances } from './server/entrances.ts';
import { createOpenFrame } from './server/request-frame.ts';
import { createRespond, type Respond } from './server/respond.ts';
import { createRoutes } from './server/routes.ts';
import type { Upgrade } from './server/websocket.ts';

/** What an instance is wired from: its configuration, and the parts that reach outside. */
export interface AppParts extends BackgroundParts {
  /** Whether jobs are worked here, and what is done from time to time; else another process does. */
  doesJobs: boolean;
}

/** A running instance without its socket. */
export interface App {
  respond: Respond;
  /** Answers what is plain of what `respond` answers, in less time. */
  answerPost: AnswerPost;
  upgrade: Upgrade;
  /** Says that it is not ready any more, and ends what clients hold open, in waves over so long. */
  drain(durationMs: number): Promise<void>;
  services: Services;
  /** Creates accounts in a database that has none; answers whether it did. */
  createFirstAccounts(kind: FirstAccountsKind, accounts: readonly FirstAccount[]): Promise<boolean>;
  /** Stops background work, waiting at most so long for jobs that run. */
  stop(graceMs: number): Promise<void>;
}

/** Wires an instance out of open parts and starts its background work. */
export async function startApp(parts: AppParts): Promise<App> {
  const { config, database, clock, log } = parts;
  if (config.mode === 'production' && (await holdsSampleAccounts(database))) {
    throw new SampleAccountsError();
  }
  const ground = layGround(parts);
  const { commit, queue, tail, roles, rotation } = ground;
  await roles.ensureBuiltInRoles();
  await rotation.prepare();
  const foundation = await layFoundation(parts, ground);
  const { hasher, keys } = foundation;
  const services = createServices(parts, foundation);
  const background = createBackground(parts, foundation);
  const servesHost = servedHosts(config);
  const limiter = createProcessRateLimiter();
  const entrances = createEntrances({
    ...parts,
    ...ground,
    services,
    limiter,
    servesHost,
    isOwnHost: ownHosts(config),
  });
  let isStopping = false;
  await queue.start(parts.doesJobs ? background.handlers : undefined);
  await tail.start();
  await ground.sessionCache.start();
  ground.lastUse.start();
  ground.connectionLeases.start();
  entrances.heldCallers.start();
  const periodic = parts.doesJobs
    ? background.periodic.map((work) => workPeriodically(work, log))
    : [];
  const openFrame = createOpenFrame(log, {
    trustedProxyHops: config.trustedProxyHops,
    isHttps: config.publicUrl.startsWith('https:'),
    detailedTimings: config.mode === 'development',
  });
  return {
    services,
    answerPost: createAnswerPost(entrances.plain, openFrame, {
      servesHost,
      requestBodyBytes: config.requestBodyBytes,
    }),
    respond: createRespond(
      await createRoutes({
        ...parts,
        graphql: entrances.graphql,
        dataExports: entrances.dataExports,
        graphiql: config.graphiql ? { sampleAccount: sampleAccountOf(config) } : null,
        publishKeys: keys.publish,
        findAvatar: services.avatars.findPicture,
        isStopping: () => isStopping,
      }),
      openFrame,
      { servesHost },
    ),
    upgrade: entrances.upgrade,
    async drain(durationMs) {
      isStopping = true;
      await entrances.connections.drain(durationMs);
    },
    createFirstAccounts: (kind, accounts) =>
      createFirstAccounts({ database, commit, roles, hasher, clock }, kind, accounts),
    async stop(graceMs) {
      await Promise.all(periodic.map((end) => end()));
      await queue.stop(graceMs);
      entrances.heldCallers.close();
      await ground.presenceFeed.close();
      await tail.close();
      await ground.sessionCache.close();
      await ground.lastUse.close();
      await ground.connectionLeases.close();
      await ground.presenceKeeper.close();
      await keys.close();
      await ground.limiter.close();
    },
  };
}

/** Picks the account that signs in with a password known to all, where there may be one. */
function sampleAccountOf({ mode, firstAdmin }: Config) {
  return mode === 'development' && firstAdmin === null ? (sampleAccounts[0] ?? null) : null;
}
