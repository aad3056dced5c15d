import type { Permission } from './role.rules.ts';

/** Who is calling: a signed-in user, the session they call with, and what they may do. */
export interface Viewer {
  readonly userId: string;
  readonly sessionId: string;
  /** How long ago they last proved who they are, by the database's clock, which all share. */
  readonly proofAgeMs: number;
  readonly permissions: ReadonlySet<Permission>;
  /** Keys of their roles, e.g. `user`. */
  readonly roleKeys: ReadonlySet<string>;
}
