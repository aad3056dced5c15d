import type { PrismaClient } from '../../generated/prisma/client.ts';
import { permissionsOf } from '../role/role.rules.ts';
import type { Viewer } from '../role/viewer.ts';
import { endsAt, isRunning, isUsable } from './session-conditions.ts';

/** Who a session belongs to, and whether it runs. */
export interface SessionStanding {
  /** Null when there is no such session. */
  userId: string | null;
  /** Null when the session has ended, and when its user may not use their account. */
  viewer: Viewer | null;
  /** How long it runs yet unless it is refreshed; without end for one that does not run. */
  remainingMs: number;
}

interface Row {
  sessionId: string;
  userId: string;
  proofAgeMs: number;
  permissions: string[];
  roleKeys: string[];
  runs: boolean;
  remainingMs: number;
}

/** What is known of a session that there is not. */
export const unknownSession: SessionStanding = {
  userId: null,
  viewer: null,
  remainingMs: Number.POSITIVE_INFINITY,
};

/** Reads in one statement who calls with each of the sessions and what they may do. */
export async function readStandings(
  prisma: PrismaClient,
  sessionIds: readonly string[],
): Promise<Map<string, SessionStanding>> {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT s.id AS "sessionId", s.user_id AS "userId",
      (extract(epoch FROM statement_timestamp() - s.authenticated_at) * 1000)::float8
        AS "proofAgeMs",
      ARRAY(
        SELECT DISTINCT unnest(r.permissions)
        FROM user_role ur JOIN role r ON r.id = ur.role_id
        WHERE ur.user_id = s.user_id
      ) AS permissions,
      ARRAY(
        SELECT r.key FROM user_role ur JOIN role r ON r.id = ur.role_id WHERE ur.user_id = s.user_id
      ) AS "roleKeys",
      ${isRunning} AND ${isUsable} AS runs,
      (extract(epoch FROM ${endsAt} - statement_timestamp()) * 1000)::float8 AS "remainingMs"
    FROM session s JOIN "user" u ON u.id = s.user_id
    WHERE s.id = ANY(${sessionIds}::uuid[])`;
  return new Map(rows.map((row) => [row.sessionId, standingOf(row)]));
}

function standingOf(row: Row): SessionStanding {
  const { sessionId, userId, proofAgeMs, remainingMs } = row;
  if (!row.runs) return { ...unknownSession, userId };
  const viewer = {
    userId,
    sessionId,
    proofAgeMs,
    permissions: new Set(permissionsOf([row])),
    roleKeys: new Set(row.roleKeys),
  };
  return { userId, viewer, remainingMs };
}
