import { v7 as uuidv7 } from 'uuid';
import type { Change } from '../../platform/unit-of-work.ts';
import type { BuiltInRoleKey } from '../role/role.rules.ts';
import type { RoleService } from '../role/role.service.ts';
import { userChanged } from './user.service.ts';

/** What a new account is made of, checked and normalised. */
export interface NewAccount {
  email: string;
  displayName: string;
  passwordHash: string;
  locale?: string | null;
  emailVerifiedAt: Date;
  roles: readonly BuiltInRoleKey[];
  /** Whether the new user made it themself; else whoever the change comes from did. */
  selfMade: boolean;
}

/**
 * Creates a user with a password and roles, as part of a change; answers the user's id. Fails with
 * a unique violation on `user_email_key` when the address has an account.
 */
export async function createAccount(
  { transaction, audit, emit }: Change,
  roles: RoleService,
  { passwordHash, roles: roleKeys, selfMade, ...fields }: NewAccount,
): Promise<string> {
  const id = uuidv7();
  await transaction.user.create({
    data: { id, ...fields, password: { create: { hash: passwordHash } } },
  });
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
