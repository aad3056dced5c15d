import type { FactorType, PrismaClient } from '../generated/prisma/client.ts';
import type { AuthenticationService } from '../modules/auth/authentication.service.ts';
import type { RegistrationService } from '../modules/auth/registration.service.ts';
import type { Viewer } from '../modules/role/viewer.ts';
import type { SessionService } from '../modules/session/session.service.ts';
import type { UserService } from '../modules/user/user.service.ts';
import type { Origin } from '../platform/origin.ts';

/** What a sign-in page may know of the configuration. */
export interface PublicAuthConfig {
  /** Characters. */
  readonly passwordMinLength: number;
  readonly methods: FactorType[];
  readonly signUpEnabled: boolean;
}

/** What resolvers may call. */
export interface Services {
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly registration: RegistrationService;
  readonly authentication: AuthenticationService;
  readonly authConfig: PublicAuthConfig;
}

/** What one operation runs with. */
export interface Context {
  /** For the Prisma plugin alone; resolvers ask a service. */
  readonly db: PrismaClient;
  readonly services: Services;
  /** Null for a stranger. */
  readonly viewer: Viewer | null;
  /** Where the operation's changes come from, for the audit trail and the limits. */
  readonly origin: Origin;
}

/** The context of a field that only signed-in viewers reach. */
export interface SignedInContext extends Context {
  readonly viewer: Viewer;
}
