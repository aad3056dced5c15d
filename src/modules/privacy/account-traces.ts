import { eraseOrigins, eraseStrangersOrigins } from '../../platform/audit-trail/erase-origins.ts';
import type { Database, Transaction } from '../../platform/database/database.ts';
import { forgetJobs } from '../../platform/jobs/forget-jobs.ts';
import { removeSignUps } from '../auth/sign-ups.ts';
import { batchSize, idOf, inBatches, leastId } from './in-batches.ts';

type Prisma = Database['prisma'];

/**
 * Removes what is kept of a person by their address: sign-ups and mailed requests, with from where
 * they were made, and mails that wait or were sent. The account is locked.
 */
export async function removeTracesOfAddress(
  transaction: Transaction,
  { id: userId, email }: { id: string; email: string },
): Promise<void> {
  const signUps = await removeSignUps(transaction, email);
  const mailedTokens = await transaction.$queryRaw<{ id: string }[]>`
    DELETE FROM mailed_token WHERE user_id = ${userId}::uuid OR email = ${email} RETURNING id`;
  await eraseStrangersOrigins(transaction, [...signUps, ...mailedTokens.map(idOf)]);
  await forgetJobs(transaction, 'mail', [userId, email]);
}

/** Reads the sessions of a user in batches, each of which is to be removed before the next. */
export function readSessionIds({ session }: Prisma, userId: string) {
  const read = () => session.findMany({ where: { userId }, select: { id: true }, take: batchSize });
  return inBatches(null, read, () => null);
}

/** Removes sessions that have ended, with from where strangers acted on them. */
export async function removeSessions(
  transaction: Transaction,
  sessions: readonly { id: string }[],
): Promise<void> {
  const ids = sessions.map(idOf);
  await eraseStrangersOrigins(transaction, ids);
  await transaction.session.deleteMany({ where: { id: { in: ids } } });
}

interface Act {
  id: string;
  /** The sign-up that became the account, if this event confirmed it. */
  signUpId: string | null;
}

/** Reads what a user did, and what nobody known did to the account, in batches. */
export function readActIds(prisma: Prisma, userId: string) {
  const read = (after: string) => prisma.$queryRaw<Act[]>`
    SELECT id, CASE action WHEN 'sign-up.confirmed' THEN target_id END AS "signUpId" FROM (
      (SELECT id, action, target_id FROM audit_event
        WHERE actor_id = ${userId}::uuid AND id > ${after}::uuid ORDER BY id LIMIT ${batchSize})
      UNION ALL
      (SELECT id, action, NULL FROM audit_event
        WHERE target_id = ${userId}::uuid AND actor_id IS NULL AND id > ${after}::uuid
        ORDER BY id LIMIT ${batchSize})
    ) act ORDER BY id LIMIT ${batchSize}`;
  return inBatches(leastId, read, idOf);
}

/** Erases from where a user acted; also when they signed up, before they were known. */
export async function removeOrigins(transaction: Transaction, acts: readonly Act[]): Promise<void> {
  await eraseOrigins(transaction, acts.map(idOf));
  const signUps = acts.flatMap(({ signUpId }) => signUpId ?? []);
  if (signUps.length > 0) await eraseStrangersOrigins(transaction, signUps);
}
