import {
  type AccountAccessParts,
  type AccountAccessService,
  createAccountAccess,
} from './account-access.service.ts';
import {
  createSuspensions,
  type SuspensionParts,
  type SuspensionService,
} from './suspension.service.ts';
import {
  createUserCreation,
  type UserCreationParts,
  type UserCreationService,
} from './user-creation.service.ts';
import {
  createUserUpdate,
  type UserUpdateParts,
  type UserUpdateService,
} from './user-update.service.ts';

/** What administrators, and whoever runs the server, do with the accounts of others. */
export interface AdministrationService
  extends SuspensionService,
    AccountAccessService,
    UserCreationService,
    UserUpdateService {}

/** Opens the service. */
export function createAdministrationService(
  parts: SuspensionParts & AccountAccessParts & UserCreationParts & UserUpdateParts,
): AdministrationService {
  return {
    ...createSuspensions(parts),
    ...createAccountAccess(parts),
    ...createUserCreation(parts),
    ...createUserUpdate(parts),
  };
}
