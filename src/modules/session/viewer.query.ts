import type { PrismaClient } from '../../generated/prisma/client.ts';
import { permissionsOf } from '../role/role.rules.ts';
import type { Viewer } from '../role/viewer.ts';

/**
 * Reads in one statement who calls with a session and what they may do. Null when the session has
 * ended or never was, and when its user may not use their account now.
 */
export async function findViewer(prisma: PrismaClient, sessionId: string): Promise<Viewer | null> {
  const [row] = await prisma.$queryRaw<{ userId: string; permissions: string[] }[]>`
    SELECT s.user_id AS "userId", ARRAY(
      SELECT DISTINCT unnest(r.permissions)
      FROM user_role ur JOIN role r ON r.id = ur.role_id
      WHERE ur.user_id = s.user_id
    ) AS permissions
    FROM session s JOIN "user" u ON u.id = s.user_id
    WHERE s.id = ${sessionId}::uuid AND s.revoked_at IS NULL AND u.status = 'ACTIVE'
      AND least(s.expires_at, s.idle_expires_at) > statement_timestamp()`;
  if (row === undefined) return null;
  return { userId: row.userId, sessionId, permissions: new Set(permissionsOf([row])) };
}
