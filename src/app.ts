import type { Redis } from 'ioredis';
import { servedHosts } from './config/mode.ts';
import type { Config } from './config.ts';
import type { Services } from './graphql/context.ts';
import {
  createFirstAccounts,
  type FirstAccount,
  type FirstAccountsKind,
  holdsSampleAccounts,
  SampleAccountsError,
} from './modules/administration/first-accounts.ts';
import { createAccessTokens } from './modules/auth/access-token.ts';
import { createAuthLimits } from './modules/auth/auth.limits.ts';
import { type AuthJobs, createMailWorker, mailQueue } from './modules/auth/auth.mails.ts';
import { createAuthenticationService } from './modules/auth/authentication.service.ts';
import { createPasswordHasher, type PasswordHasher } from './modules/auth/password-hasher.ts';
import { createRegistrationService } from './modules/auth/registration.service.ts';
import { loadSigningKeys, type SigningKeys } from './modules/auth/signing-keys.ts';
import { createIssueTokens } from './modules/auth/token-pair.ts';
import { createRoleService } from './modules/role/role.service.ts';
import { createRefreshSession } from './modules/session/session.refresh.ts';
import { createSessionService } from './modules/session/session.service.ts';
import { createUserService } from './modules/user/user.service.ts';
import type { Clock } from './platform/clock.ts';
import type { Database } from './platform/database/database.ts';
import { createTail } from './platform/event-log/tail.ts';
import { createJobQueue } from './platform/jobs/queue.ts';
import { createKeyring } from './platform/keyring.ts';
import type { Log } from './platform/log.ts';
import type { MailTransport } from './platform/mail/mail.ts';
import type { Outbox } from './platform/mail/outbox-transport.ts';
import { createRateLimiter } from './platform/rate-limiter.ts';
import { createCommit } from './platform/unit-of-work.ts';
import { outboxPath } from './server/outbox-page.ts';
import { createRespond, type Respond } from './server/respond.ts';
import { createRoutes } from './server/routes.ts';

/** What an instance is wired from: its configuration, and the parts that reach outside. */
export interface AppParts {
  config: Config;
  /** Open and migrated. */
  database: Database;
  secretKey: string;
  mails: MailTransport;
  /** The same as `mails` on a development server, where people can look into it. */
  outbox: Outbox | null;
  redis: Redis | null;
  clock: Clock;
  log: Log;
}

/** A running instance without its socket. */
export interface App {
  respond: Respond;
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
  const { commit, queue, tail, roles, keyring } = ground;
  const hasher = await createPasswordHasher(config.passwords.hashing);
  await roles.ensureBuiltInRoles();
  const keys = await loadSigningKeys({
    database,
    keyring,
    clock,
    tokenLifetimeSeconds: config.tokens.accessTokenSeconds,
  });
  const services = createServices(parts, { ...ground, hasher, keys });
  const sendMail = createMailWorker({
    database,
    transport: parts.mails,
    keyring,
    clock,
    publicUrl: config.publicUrl,
    appUrl: config.appUrl,
    onSent: (mail) =>
      log.info(
        { ...mail, ...(parts.outbox && { readAt: `${config.publicUrl}${outboxPath}` }) },
        'mail',
      ),
  });
  await queue.start({ mail: sendMail });
  await tail.start();
  return {
    services,
    respond: createRespond(
      await createRoutes({ ...parts, services, publishKeys: keys.publish }),
      log,
      {
        trustedProxyHops: config.trustedProxyHops,
        servesHost: servedHosts(config),
        isHttps: config.publicUrl.startsWith('https:'),
        detailedTimings: config.mode === 'development',
      },
    ),
    createFirstAccounts: (kind, accounts) =>
      createFirstAccounts({ database, commit, roles, hasher, clock }, kind, accounts),
    async stop(graceMs) {
      await queue.stop(graceMs);
      await tail.close();
      await ground.limiter.close();
    },
  };
}

/** Opens what the services stand on; nothing of it touches the database yet. */
function layGround({ config, database, secretKey, redis, log }: AppParts) {
  const tail = createTail({ database, log });
  const queue = createJobQueue<AuthJobs>({ database, log, queues: { mail: mailQueue } });
  const limiter = createRateLimiter({ database, redis, log });
  return {
    tail,
    queue,
    limiter,
    commit: createCommit(database, queue, tail.wake),
    keyring: createKeyring(secretKey, config.previousSecretKey),
    roles: createRoleService(database),
  };
}

type Foundation = ReturnType<typeof layGround> & { hasher: PasswordHasher; keys: SigningKeys };

function createServices({ config, database, clock }: AppParts, ground: Foundation): Services {
  const { commit, keyring, keys, roles, hasher } = ground;
  const accessTokens = createAccessTokens(keys, clock, {
    issuer: config.publicUrl,
    lifetimeSeconds: config.tokens.accessTokenSeconds,
  });
  const sessions = createSessionService(database, commit, config.sessions);
  const shared = {
    commit,
    sessions,
    hasher,
    limits: createAuthLimits(ground.limiter),
    issueTokens: createIssueTokens(accessTokens, keyring),
  };
  const settings = {
    signUpEnabled: config.signUpEnabled,
    signUpLifetimeSeconds: config.signUpLifetimeSeconds,
    passwordMinLength: config.passwords.minLength,
  };
  const refreshSession = createRefreshSession(database, commit, keyring, config.sessions);
  return {
    users: createUserService(database, commit),
    sessions,
    registration: createRegistrationService({ ...shared, clock, keyring, roles, settings }),
    authentication: createAuthenticationService({
      ...shared,
      database,
      accessTokens,
      refreshSession,
    }),
    authConfig: { ...settings, methods: ['PASSWORD'] },
  };
}
