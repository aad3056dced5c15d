import type { FactorType, PrismaClient } from '../generated/prisma/client.ts';
import type { AdministrationService } from '../modules/administration/administration.service.ts';
import type { RoleChanges } from '../modules/administration/role-changes.service.ts';
import type { DeleteUser } from '../modules/administration/user-deletion.service.ts';
import type { AuditService } from '../modules/audit/audit.service.ts';
import type { AuthenticationService } from '../modules/auth/authentication.service.ts';
import type { CodeSignInService } from '../modules/auth/code-sign-in.service.ts';
import type { Credentials } from '../modules/auth/credential.ts';
import type { EmailChangeService } from '../modules/auth/email-change.service.ts';
import type { ChangePassword } from '../modules/auth/password-change.service.ts';
import type { Reauthenticate } from '../modules/auth/reauthentication.service.ts';
import type { RecoveryService } from '../modules/auth/recovery.service.ts';
import type { RegistrationService } from '../modules/auth/registration.service.ts';
import type { SigningKeyService } from '../modules/auth/signing-key.service.ts';
import type { AvatarService } from '../modules/avatar/avatar.service.ts';
import type { EventService } from '../modules/event/event.service.ts';
import type { MessageService } from '../modules/message/message.service.ts';
import type { SendingService } from '../modules/message/sending.service.ts';
import type { UserBlocks } from '../modules/message/user-block.service.ts';
import type { PresenceService } from '../modules/presence/presence.service.ts';
import type { AccountDeletionService } from '../modules/privacy/account-deletion.service.ts';
import type { DataExportService } from '../modules/privacy/data-export.service.ts';
import type { RoleService } from '../modules/role/role.service.ts';
import type { Viewer } from '../modules/role/viewer.ts';
import type { ConnectionLeases } from '../modules/session/connection-leases.ts';
import type { OwnSessions } from '../modules/session/own-sessions.service.ts';
import type { SessionService } from '../modules/session/session.service.ts';
import type { UserService } from '../modules/user/user.service.ts';
import type { Origin } from '../platform/origin.ts';
import type { SharedRows } from '../platform/shared-rows.ts';
import type { Caller } from './caller.ts';
import type { TokenCookies } from './token-cookies.ts';

/** What a sign-in page may know of the configuration. */
export interface PublicAuthConfig {
  /** Characters. */
  readonly passwordMinLength: number;
  readonly methods: FactorType[];
  readonly signUpEnabled: boolean;
  /** Bytes of a file. */
  readonly maxUploadBytes: number;
}

/** What resolvers may call. */
export interface Services {
  readonly users: UserService;
  readonly avatars: AvatarService;
  readonly sessions: SessionService;
  readonly ownSessions: OwnSessions;
  readonly connectionLeases: Pick<ConnectionLeases, 'countOfSession'>;
  readonly presence: PresenceService;
  readonly events: EventService;
  readonly messages: MessageService;
  readonly sending: SendingService;
  readonly userBlocks: UserBlocks;
  readonly audit: AuditService;
  readonly registration: RegistrationService;
  readonly authentication: AuthenticationService;
  readonly recovery: RecoveryService;
  readonly codeSignIn: CodeSignInService;
  readonly emailChange: EmailChangeService;
  readonly changePassword: ChangePassword;
  readonly reauthenticate: Reauthenticate;
  readonly credentials: Credentials;
  readonly roles: Pick<RoleService, 'listRoles' | 'findRole'>;
  readonly roleChanges: RoleChanges;
  readonly deleteUser: DeleteUser;
  readonly accountDeletion: AccountDeletionService;
  readonly dataExports: DataExportService;
  readonly signingKeys: SigningKeyService;
  readonly administration: AdministrationService;
  readonly authConfig: PublicAuthConfig;
}

/** What one operation runs with. */
export interface Context {
  /** For the Prisma plugin alone; resolvers ask a service. */
  readonly db: PrismaClient;
  readonly services: Services;
  /** Null for a stranger. */
  readonly viewer: Viewer | null;
  /** The handle behind the viewer, for what concerns the token of the connection or outlasts an event. */
  readonly caller: Pick<Caller, 'renew' | 'viewer' | 'expiresAt' | 'remainingMs' | 'listen'>;
  /** Where the operation's changes come from, for the audit trail and the limits. */
  readonly origin: Origin;
  readonly cookies: TokenCookies;
  /** What was loaded for everybody who answers the same event together; null for all else. */
  readonly rows: SharedRows | null;
}

/** The context of a field that only signed-in viewers reach. */
export interface SignedInContext extends Context {
  readonly viewer: Viewer;
}
