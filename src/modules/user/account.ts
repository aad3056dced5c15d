import { v7 as uuidv7 } from 'uuid';
import { Prisma, type UserStatus } from '../../generated/prisma/client.ts';
import type { Transaction } from '../../platform/database/database.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import type { BuiltInRoleKey } from '../role/role.rules.ts';
import type { RoleService } from '../role/role.service.ts';
import { userChanged } from './user.events.ts';

/** What a new account is made of, checked and normalised. */
export interface NewAccount {
  /** A UUIDv7; a fresh one when it is left out. */
  id?: string;
  email: string;
  displayName: string;
  /** Null for whoever has none yet. */
  passwordHash: string | null;
  locale?: string | null | undefined;
  /** Null until the address is confirmed. */
  emailVerifiedAt: Date | null;
  roles: readonly BuiltInRoleKey[];
  /** Whether the new user made it themself; else whoever the change comes from did. */
  selfMade: boolean;
}

/**
 * Creates a user with roles, and a password if there is one, as part of a change; answers the user's id. Fails with
 * a unique violation on `user_email_key` when the address has an account.
 */
export async function createAccount(
  { transaction, audit, emit }: Change,
  roles: RoleService,
  { id = uuidv7(), passwordHash, roles: roleKeys, selfMade, ...fields }: NewAccount,
): Promise<string> {
  const password = passwordHash === null ? {} : { create: { hash: passwordHash } };
  const { locale = null, ...rest } = fields;
  await transaction.user.create({ data: { id, ...rest, locale, password } });
  await roles.grant(transaction, id, roleKeys);
  audit({
    action: 'user.created',
    ...(selfMade && { actorId: id }),
    targetId: id,
    metadata: { roles: [...roleKeys] },
  });
  emit(userChanged(id, 'CREATED', []));
  return id;
}

/** An account, as far as entering it goes. */
export interface LockedAccount {
  id: string;
  email: string;
  /** What `expectedVersion` is compared with. */
  version: number;
  emailVerifiedAt: Date | null;
  status: UserStatus;
  /** When its suspension ends by itself. */
  suspendedUntil: Date | null;
  /** When it will be deleted at its user's wish. */
  deletionDueAt: Date | null;
}

/**
 * Reads an account and keeps others from changing it until the transaction ends; null when there is
 * none. Whatever changes how an account is entered begins with this, so that such changes come one
 * after the other and never wait for each other in a circle.
 */
export async function lockAccount(
  transaction: Transaction,
  account: { userId: string } | { email: string },
): Promise<LockedAccount | null> {
  const condition =
    'email' in account
      ? Prisma.sql`email = ${account.email}`
      : Prisma.sql`id = ${account.userId}::uuid`;
  const [locked] = await transaction.$queryRaw<LockedAccount[]>`
    SELECT id, email, version, email_verified_at AS "emailVerifiedAt", status,
      suspended_until AS "suspendedUntil", deletion_due_at AS "deletionDueAt"
    FROM "user" WHERE ${condition} AND deleted_at IS NULL FOR NO KEY UPDATE`;
  return locked ?? null;
}

/** Notes that the address of a locked account is its user's, unless somebody has shown it before. */
export async function confirmAddress(
  { transaction, emit }: Change,
  { id, emailVerifiedAt }: LockedAccount,
  now: Date,
): Promise<void> {
  if (emailVerifiedAt !== null) return;
  const data = { emailVerifiedAt: now, version: { increment: 1 } };
  await transaction.user.update({ where: { id }, data });
  emit(userChanged(id, 'UPDATED', ['emailVerifiedAt']));
}

/**
 * Makes void the links by which a locked account would get another address. For whatever ends the access of
 * somebody who may have asked for one, and for whatever makes the account worth more than it was then.
 */
export async function voidAddressChanges(transaction: Transaction, userId: string): Promise<void> {
  await transaction.$executeRaw`
    UPDATE mailed_token SET consumed_at = statement_timestamp()
    WHERE user_id = ${userId}::uuid AND purpose = 'CHANGE_EMAIL' AND consumed_at IS NULL`;
}
