import { isLoopbackHost } from './addresses.ts';
import { type GivenTexts, settings } from './settings.ts';

/** Whether sample accounts, fixed passwords and the outbox page may exist. */
export type Mode = 'development' | 'production';

/**
 * Lists why a start counts as production; an empty list means development.
 *
 * Decides on the texts as found, so that a variable that cannot be read never leads to
 * development: that needs the embedded database, a loopback HOST, and NODE_ENV unset or
 * `development`.
 */
export function reasonsForProduction(given: GivenTexts): string[] {
  const host = given.HOST?.trim() ?? settings.HOST.default ?? '';
  const kind = given.NODE_ENV?.trim() ?? 'development';
  return [
    ...(given.DATABASE_URL === undefined ? [] : ['DATABASE_URL is set']),
    ...(isLoopbackHost(host) ? [] : ['HOST is not a loopback address']),
    ...(kind === 'development' ? [] : ['NODE_ENV is something other than development']),
  ];
}

/**
 * Tells which host names a server answers under. A development server, whose accounts and mails are
 * open to all, answers this machine alone: a page of another site could point its own name at it.
 */
export function servedHosts(config: {
  mode: Mode;
  publicUrl: string;
}): (hostname: string) => boolean {
  const isOwn = ownHosts(config);
  return (hostname) => config.mode === 'production' || isOwn(hostname);
}

/** Tells which host names are the server's own: that of PUBLIC_URL, and those of this machine. */
export function ownHosts({ publicUrl }: { publicUrl: string }): (hostname: string) => boolean {
  const own = new URL(publicUrl).hostname;
  return (hostname) => hostname === own || isLoopbackHost(hostname);
}
