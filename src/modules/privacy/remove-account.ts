import { type DeletionMode, Prisma } from '../../generated/prisma/client.ts';
import type { Transaction } from '../../platform/database/database.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import { leavingAnAdmin } from '../role/last-admin.ts';
import { announceAccessChange } from '../session/access-notice.ts';
import { endSessions } from '../session/end-sessions.ts';
import type { LockedAccount } from '../user/account.ts';
import { userChanged } from '../user/user.events.ts';
import { removeTracesOfAddress } from './account-traces.ts';
import type { PrivacyJobs } from './privacy.jobs.ts';

/** How an account is deleted. */
export interface Removal {
  /** What is left: a row without a person that others can refer to, or nothing. */
  mode: DeletionMode;
  /** Whether its user asked for it. */
  wished: boolean;
  now: Date;
}

/**
 * Deletes an account that is locked, as part of a change: from the commit on nobody enters it, sees it
 * or reads who it was. What there may be any number of is removed by a job, see `EmptyAccount`; then
 * nothing is left but the ids in events and audit entries, and in ANONYMIZE what they wrote to others.
 * The address it had is told. ConflictError where the user is the last administrator who can act.
 */
export async function removeAccount(
  change: Change<PrivacyJobs>,
  account: Pick<LockedAccount, 'id' | 'email'>,
  { mode, wished, now }: Removal,
): Promise<void> {
  const { transaction, audit, emit, enqueue } = change;
  const { id: userId, email: to } = account;
  const { locale } = await transaction.user.findUniqueOrThrow({ where: { id: userId } });
  await leavingAnAdmin(transaction, userId, async () => {
    // First: waits for whoever is just signing in by it, and keeps out who comes later.
    await transaction.passwordCredential.deleteMany({ where: { userId } });
    await endSessions(change, Prisma.sql`user_id = ${userId}::uuid`, 'DELETED');
    await removeTracesOfAddress(transaction, account);
    await anonymize(transaction, userId, now);
  });
  await transaction.accountRemoval.create({ data: { userId, mode, startedAt: now } });
  enqueue('account-emptying', { userId });
  audit({ action: 'user.deleted', targetId: userId, metadata: { mode } });
  emit(userChanged(userId, 'DELETED', []));
  announceAccessChange(change, { userId });
  enqueue('mail', { kind: 'account-deleted', to, locale, wished });
}

/**
 * Leaves a tombstone: rows that refer to the user stay valid, and nobody can be told from it. That the
 * unique columns change has PostgreSQL wait for all who refer to it just now, such as whoever writes
 * to the user; who comes later finds them gone.
 */
async function anonymize(transaction: Transaction, userId: string, now: Date): Promise<void> {
  const own = { where: { userId } };
  await transaction.userRole.deleteMany(own);
  await transaction.avatar.deleteMany(own);
  await transaction.dataExport.deleteMany(own);
  await transaction.userPresence.deleteMany(own);
  await transaction.user.update({
    where: { id: userId },
    data: {
      email: `${userId}@deleted.invalid`,
      emailVerifiedAt: null,
      displayName: 'Deleted user',
      username: null,
      usernameKey: null,
      locale: null,
      timezone: null,
      status: 'ACTIVE',
      suspendedUntil: null,
      suspendedFor: null,
      deletionDueAt: null,
      lastSeenAt: new Date(0),
      deletedAt: now,
      version: { increment: 1 },
    },
  });
}
