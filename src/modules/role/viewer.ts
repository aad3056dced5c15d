import type { Permission } from './role.rules.ts';

/** Who is calling: a signed-in user, the session they call with, and what they may do. */
export interface Viewer {
  readonly userId: string;
  readonly sessionId: string;
  readonly permissions: ReadonlySet<Permission>;
}
