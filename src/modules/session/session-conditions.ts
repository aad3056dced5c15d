import { Prisma } from '../../generated/prisma/client.ts';

/** SQL for when a session `s` ends unless it is refreshed or ended before. */
export const endsAt = Prisma.sql`least(s.expires_at, s.idle_expires_at)`;

/** SQL that holds for a session `s` that runs, by the clock of the database. */
export const isRunning = Prisma.sql`(s.revoked_at IS NULL AND ${endsAt} > statement_timestamp())`;

/** SQL that holds for a user `u` who may use their account. */
export const isUsable = Prisma.sql`(u.status <> 'SUSPENDED' AND u.deleted_at IS NULL)`;

/** SQL for the columns of a session `s` that make a `RefreshableSession`. */
export const refreshable = Prisma.sql`
  s.id, s.user_id AS "userId", s.counter, s.salt, ${endsAt} AS "expiresAt"`;
