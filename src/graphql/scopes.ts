import { GraphQLError } from 'graphql';
import type { Permission } from '../modules/role/role.rules.ts';
import type { Context } from './context.ts';

/** What a rule on a field can ask of the viewer. Several in one map must all hold. */
export interface Scopes {
  /** Somebody is signed in. */
  signedIn: boolean;
  /** The viewer has the permission. */
  permission: Permission;
  /** The viewer has the role with this key. */
  role: string;
  /** The viewer is the user with this id. */
  self: string;
}

/** Answers the rules for one operation. */
export function scopesOf({ viewer }: Context) {
  return {
    signedIn: viewer !== null,
    permission: (permission: Permission) => viewer?.permissions.has(permission) ?? false,
    role: (key: string) => viewer?.roleKeys.has(key) ?? false,
    self: (userId: string) => viewer?.userId === userId,
  };
}

/** Makes the refusal of a field: UNAUTHENTICATED to a stranger, FORBIDDEN to anyone else. */
export function refusal({ viewer }: Context): GraphQLError {
  return viewer === null
    ? new GraphQLError('Sign in to see or do this.', { extensions: { code: 'UNAUTHENTICATED' } })
    : new GraphQLError('You may not see or do this.', { extensions: { code: 'FORBIDDEN' } });
}
