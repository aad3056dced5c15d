import type { Redis } from 'ioredis';
import type { Config } from './config.ts';
import {
  type AdministrationJobs,
  suspensionEndQueue,
} from './modules/administration/administration.jobs.ts';
import { mailQueue } from './modules/auth/auth.mails.ts';
import { createPasswordHasher, type PasswordHasher } from './modules/auth/password-hasher.ts';
import { createPasswordPolicy, type PasswordPolicy } from './modules/auth/password-policy.ts';
import { createKeyRotation, keyChannel } from './modules/auth/signing-key-rotation.ts';
import { openSigningKeys, type SigningKeys } from './modules/auth/signing-keys.ts';
import { createPresenceFeed } from './modules/presence/presence-feed.ts';
import { createPresenceKeeper } from './modules/presence/presence-keeper.ts';
import {
  accountDeletionQueue,
  accountEmptyingQueue,
  dataExportQueue,
  type PrivacyJobs,
} from './modules/privacy/privacy.jobs.ts';
import { createRoleService } from './modules/role/role.service.ts';
import { accessChannel, readAccessNotice } from './modules/session/access-notice.ts';
import { createConnectionLeases } from './modules/session/connection-leases.ts';
import { createLastUse } from './modules/session/last-use.ts';
import { createSessionCache } from './modules/session/session-cache.ts';
import { createUserRows } from './modules/user/user-rows.ts';
import type { Clock } from './platform/clock.ts';
import { createCursorSeal } from './platform/cursor-seal.ts';
import type { Database } from './platform/database/database.ts';
import type { NewEvent } from './platform/event-log/append.ts';
import { createTail } from './platform/event-log/tail.ts';
import { createJobQueue } from './platform/jobs/queue.ts';
import { createKeyring } from './platform/keyring.ts';
import type { Log } from './platform/log.ts';
import { createRateLimiter } from './platform/rate-limiter.ts';
import { createCommit } from './platform/unit-of-work.ts';
import { jwksMaxAgeSeconds } from './server/jwks.ts';

/** What services are wired from. */
export interface ServiceParts {
  config: Config;
  /** Open and migrated. */
  database: Database;
  secretKey: string;
  redis: Redis | null;
  clock: Clock;
  log: Log;
}

/** Opens what the services stand on; nothing of it touches the database yet. */
export function layGround({ config, database, secretKey, redis, clock, log }: ServiceParts) {
  const tail = createTail({ database, log });
  const queue = createJobQueue<PrivacyJobs & AdministrationJobs>({
    database,
    log,
    queues: {
      mail: mailQueue,
      'suspension-end': suspensionEndQueue,
      'account-deletion': accountDeletionQueue,
      'account-emptying': accountEmptyingQueue,
      'data-export': dataExportQueue,
    },
  });
  const keyring = createKeyring(secretKey, config.previousSecretKey);
  const limiter = createRateLimiter({ database, redis, keyring, log });
  const sessionCache = createSessionCache(database);
  // What this instance does at once about its own notices, by channel.
  const heeders = new Map<string, (payload: string) => void>([
    [accessChannel, (payload) => sessionCache.forget(readAccessNotice(payload))],
  ]);
  const userRows = createUserRows(database);
  const forgetChanged = ({ topic, userId }: Pick<NewEvent, 'topic' | 'userId'>) => {
    if (topic === 'USER' && userId !== null) userRows.forget(userId);
  };
  // Of its own changes an instance knows at once, of those of others by the log and by notices.
  tail.subscribe(({ events, gap }) =>
    gap === null ? events.forEach(forgetChanged) : userRows.forget('everybody'),
  );
  sessionCache.onForget((subject) => {
    if (subject === 'everybody') userRows.forget(subject);
    else if ('userId' in subject) userRows.forget(subject.userId);
  });
  const commit = createCommit(database, queue, {
    onEvents(events) {
      events.forEach(forgetChanged);
      tail.wake();
    },
    onNotice: ({ channel, payload }) => heeders.get(channel)?.(payload),
  });
  const connectionLeases = createConnectionLeases(database, log);
  const presenceKeeper = createPresenceKeeper({ database, commit, log });
  connectionLeases.onChange(presenceKeeper.note);
  return {
    tail,
    queue,
    limiter,
    sessionCache,
    userRows,
    lastUse: createLastUse(database, log),
    connectionLeases,
    presenceKeeper,
    presenceFeed: createPresenceFeed({ database, tail, log }),
    heeders,
    commit,
    keyring,
    cursors: createCursorSeal(keyring),
    roles: createRoleService(database),
    rotation: createKeyRotation({
      commit,
      keyring,
      clock,
      tokens: config.tokens,
      publishedSeconds: jwksMaxAgeSeconds,
    }),
  };
}

type Ground = ReturnType<typeof layGround>;

/** The ground, and what takes a while to open or listens to the database. */
export interface Foundation extends Ground {
  hasher: PasswordHasher;
  policy: PasswordPolicy;
  keys: SigningKeys;
}

/** Opens what all services need besides the ground, in a migrated database. */
export async function layFoundation(
  { config, database, clock, log }: ServiceParts,
  ground: Ground,
): Promise<Foundation> {
  const { passwords, publicUrl, appUrl, tokens, workers } = config;
  const { keyring, heeders } = ground;
  const hasher = await createPasswordHasher(passwords.hashing, passwords.maxWaiting, workers);
  const keys = await openSigningKeys({ database, keyring, clock, tokens });
  heeders.set(keyChannel, keys.forget);
  const policy = createPasswordPolicy({ ...passwords, ownUrls: [publicUrl, appUrl], log });
  return { ...ground, hasher, policy, keys };
}
