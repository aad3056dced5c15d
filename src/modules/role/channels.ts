import { isRoleKey } from './role.rules.ts';
import type { Viewer } from './viewer.ts';

/** The channel that everybody reads who is signed in. */
export const broadcastChannel = 'broadcast';

const rolePrefix = 'role:';

/** Reads the key of the role whose holders read a channel; null for what is no such channel. */
export function roleKeyOf(channel: string): string | null {
  const key = channel.slice(rolePrefix.length);
  return channel.startsWith(rolePrefix) && isRoleKey(key) ? key : null;
}

/** Lists the channels that a viewer reads: what is for everybody, and for each of their roles. */
export function channelsOf({ roleKeys }: Pick<Viewer, 'roleKeys'>): string[] {
  return [broadcastChannel, ...[...roleKeys].map((key) => `${rolePrefix}${key}`)];
}
