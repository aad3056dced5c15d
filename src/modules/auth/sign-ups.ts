import type { Transaction } from '../../platform/database/database.ts';

/**
 * Removes the sign-ups of an address, which nobody may confirm any more; answers their ids. Comes
 * before the address gets an account: whoever confirms one of them at the same time then waits here,
 * and not in a circle with whoever waits for the address.
 */
export async function removeSignUps(transaction: Transaction, email: string): Promise<string[]> {
  // In one order, or two links of one address that are followed at once would deadlock.
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    SELECT id FROM sign_up WHERE email = ${email} ORDER BY id FOR UPDATE`;
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await transaction.signUp.deleteMany({ where: { id: { in: ids } } });
  return ids;
}
