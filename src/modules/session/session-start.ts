import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { type FactorType, Prisma } from '../../generated/prisma/client.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import { endSessions } from './end-sessions.ts';
import type { LastUse } from './last-use.ts';
import { type NoticeJobs, warnUser } from './security-notice.ts';
import { endsAt, isRunning, isUsable } from './session-conditions.ts';

/** How long a session lives, in seconds. */
export interface SessionLifetimes {
  /** Since its last refresh. */
  idleSeconds: number;
  /** Since sign-in, however often it is refreshed. */
  absoluteSeconds: number;
}

/** Who signs in, how, and on what. */
export interface SessionStart {
  userId: string;
  amr: FactorType[];
  deviceLabel?: string | null | undefined;
}

/** What the refresh token of a session is derived from, and when that token ends. */
export interface RefreshableSession {
  id: string;
  userId: string;
  counter: number;
  salt: Uint8Array;
  expiresAt: Date;
}

/**
 * Starts a session, as part of the change that signs its user in. The change has made the account
 * or has locked it (`lockAccount`) and seen that it can be used: else a suspension that comes at
 * the same moment would not see the session. Of more than 100 that run, the oldest end. The user is
 * warned when no session before, running or ended, came from such a device.
 */
export type StartSession = (
  change: Change<NoticeJobs>,
  origin: Origin,
  session: SessionStart,
) => Promise<RefreshableSession>;

interface Begun {
  expiresAt: Date;
  isNewDevice: boolean;
  /** How many devices were signed in on within the last hour. */
  lately: number;
}

const saltBytes = 32;
/** So many that nobody misses one, and few enough that all of them can be ended in one change. */
const maxRunning = 100;
/** How many sessions a device is looked for in, the latest ones; bounds what a sign-in costs. */
const maxCompared = 1_000;
/** How many devices within an hour are told of by mail; any more by the event alone, or they would bury it. */
const maxMailed = 5;

/** Builds `startSession`. */
export function createStartSession(
  { absoluteSeconds, idleSeconds }: SessionLifetimes,
  lastUse: Pick<LastUse, 'note'>,
): StartSession {
  return async (change, origin, { userId, amr, deviceLabel = null }) => {
    const { transaction, audit } = change;
    const id = uuidv7();
    const salt = randomBytes(saltBytes);
    const [begun] = await transaction.$queryRaw<Begun[]>`
      WITH known AS (
        SELECT user_agent, device_label, created_at FROM session WHERE user_id = ${userId}::uuid
        ORDER BY created_at DESC LIMIT ${maxCompared}
      )
      INSERT INTO session AS s (id, user_id, salt, amr, device_label, ip_address, user_agent,
        authenticated_at, expires_at, idle_expires_at)
      SELECT ${id}::uuid, u.id, ${salt}, string_to_array(${amr.join()}, ',')::factor_type[],
        ${deviceLabel}, ${origin.ipAddress}, ${origin.userAgent}, statement_timestamp(),
        statement_timestamp() + make_interval(secs => ${absoluteSeconds}),
        statement_timestamp() + make_interval(secs => ${idleSeconds})
      FROM "user" u WHERE u.id = ${userId}::uuid AND ${isUsable}
      RETURNING ${endsAt} AS "expiresAt",
        EXISTS (SELECT FROM known)
          AND NOT EXISTS (SELECT FROM known WHERE ${isSameDevice(origin.userAgent, deviceLabel)})
          AS "isNewDevice",
        (SELECT count(DISTINCT (user_agent, device_label))::int FROM known
          WHERE created_at > statement_timestamp() - interval '1 hour') AS lately`;
    if (begun === undefined) throw new Error('A session was to start for an account out of use.');
    lastUse.note(id);
    await endSurplus(change, userId);
    audit({ action: 'session.started', actorId: userId, targetId: id, metadata: { amr } });
    if (begun.isNewDevice) {
      const isMailed = begun.lately < maxMailed;
      warnUser(change, origin, { kind: 'NEW_DEVICE', userId, sessionId: id, isMailed });
    }
    return { id, userId, counter: 0, salt, expiresAt: begun.expiresAt };
  };
}

/**
 * Builds SQL that holds for a session `known` of a client that called itself the same, whatever its
 * version; a label tells devices apart where both have one.
 */
function isSameDevice(userAgent: string | null, deviceLabel: string | null): Prisma.Sql {
  return Prisma.sql`
    ${withoutVersions(Prisma.sql`known.user_agent`)}
      IS NOT DISTINCT FROM ${withoutVersions(Prisma.sql`${userAgent}::text`)}
    AND (known.device_label = ${deviceLabel}) IS NOT FALSE`;
}

const withoutVersions = (text: Prisma.Sql) =>
  Prisma.sql`regexp_replace(${text}, '[0-9][0-9._]*', '', 'g')`;

/** Ends the oldest sessions of a user, where there are too many; some at a time. */
async function endSurplus(change: Change, userId: string): Promise<void> {
  // As an array, by which the planner finds rows one by one rather than by reading all.
  const surplus = Prisma.sql`id = ANY(ARRAY(
    SELECT s.id FROM session s WHERE s.user_id = ${userId}::uuid AND ${isRunning}
    ORDER BY s.created_at DESC, s.id DESC OFFSET ${maxRunning} LIMIT ${maxRunning}))`;
  await endSessions(change, surplus, 'EXPIRED');
}
