import { eraseOrigins } from '../../platform/audit-trail/erase-origins.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { forgetJobs } from '../../platform/jobs/forget-jobs.ts';
import { removeSignUps } from '../auth/sign-ups.ts';

/** The account whose traces are removed; locked. */
interface Owner {
  id: string;
  email: string;
}

/**
 * Removes what other tables than the account's own tell of a person: sign-ups and mailed requests of
 * the address, sessions, mails that wait or were sent, and from where the audit trail saw them act.
 * Running sessions are to be ended before, and sign-ins to be kept out.
 */
export async function removeTraces(
  transaction: Transaction,
  { id: userId, email }: Owner,
): Promise<void> {
  const signUps = await removeSignUps(transaction, email);
  const mailedTokens = await removeMailedTokens(transaction, userId, email);
  const sessions = await removeSessions(transaction, userId);
  const confirmed = await transaction.auditEvent.findMany({
    where: { actorId: userId, action: 'sign-up.confirmed' },
    select: { targetId: true },
  });
  const confirmedSignUps = confirmed.flatMap(({ targetId }) => targetId ?? []);
  await eraseOrigins(transaction, userId, [
    ...signUps,
    ...confirmedSignUps,
    ...mailedTokens,
    ...sessions,
  ]);
  await forgetJobs(transaction, 'mail', [userId, email]);
}

async function removeMailedTokens(
  transaction: Transaction,
  userId: string,
  email: string,
): Promise<string[]> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    DELETE FROM mailed_token WHERE user_id = ${userId}::uuid OR email = ${email} RETURNING id`;
  return rows.map(({ id }) => id);
}

async function removeSessions(transaction: Transaction, userId: string): Promise<string[]> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    DELETE FROM session WHERE user_id = ${userId}::uuid RETURNING id`;
  return rows.map(({ id }) => id);
}
