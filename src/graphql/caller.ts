import type { Credential, Credentials } from '../modules/auth/credential.ts';
import type { TokenRefusal } from '../modules/auth/session-token.ts';
import type { Viewer } from '../modules/role/viewer.ts';
import { type MaybeLater, whenThere } from '../platform/maybe-later.ts';
import { connectionRequired, readFresh } from './token-renewal.ts';

/**
 * What became of the token that a caller came with: `none` when there was none, `unproven` when a
 * page of somebody else may have made a browser send it.
 */
export type Standing = 'none' | 'accepted' | 'expired' | 'refused' | 'unproven';

/** Who is calling at one moment. */
export interface Identity {
  /** Null for a stranger, and where the token does not hold. */
  readonly viewer: Viewer | null;
  readonly standing: Standing;
}

/** What happens to a caller whose connection stays. */
export interface CallerListener {
  /** Told who calls when that was asked anew, as access may have changed. */
  onRecheck?(identity: Identity): void;
  /** Told when another token has put the end off. */
  onRenewal?(): void;
}

/**
 * Who calls over one request or one connection: a handle, asked anew for each operation and each
 * event, so that what was granted or taken away meanwhile counts.
 */
export interface Caller {
  /** Asks for whoever does something; counts as a use of the session. */
  identify(): MaybeLater<Identity>;
  /** Asks for whoever is told something; no use of the session. */
  check(): MaybeLater<Identity>;
  /** Checks and tells those who listen. Rejects when nobody can tell. */
  recheck(): Promise<void>;
  /**
   * Takes another token of the same session in place of its own, if that holds longer; answers when
   * the connection ends now. InvalidTokenError; CONNECTION_REQUIRED where only one request is served.
   */
  renew(token: string): Promise<Date>;
  /** Whom `identify` found last; null before, and for a stranger. */
  viewer(): Viewer | null;
  /** When the token ends; null without one, and before the first `identify`. */
  expiresAt(): Date | null;
  /** Milliseconds until then. */
  remainingMs(): number | null;
  /** Adds a listener; answers what removes it. */
  listen(listener: CallerListener): () => void;
}

const bearer = /^Bearer +([\w.~+/-]+=*) *$/i;

/**
 * Makes the handle for an Authorization header (RFC 6750 §2.1) or its equivalent on a connection.
 * Without one the caller is a stranger, so that public fields stay reachable; one that does not
 * hold is told apart, so that a client with a stale token learns of it.
 */
export function createCaller(
  credentials: Credentials,
  authorization: string | null,
  use: 'request' | 'connection',
): Caller {
  const listeners = new Set<CallerListener>();
  let credential: Credential | TokenRefusal | undefined;
  let viewer: Viewer | null = null;

  /** Reads the token once, and whom it stands for each time. */
  function find(how: Credentials['findViewer']): MaybeLater<Viewer | TokenRefusal | null> {
    if (typeof credential === 'object') return how(credential);
    if (credential !== undefined || authorization === null) return credential ?? null;
    const token = bearer.exec(authorization)?.[1];
    if (token === undefined) return 'INVALID';
    return credentials.read(token, use).then((read) => {
      credential ??= read;
      return find(how);
    });
  }
  function ask(how: Credentials['findViewer']): MaybeLater<Identity> {
    return whenThere(find(how), (found) => {
      viewer = typeof found === 'string' ? null : found;
      return { viewer, standing: standingOf(found) };
    });
  }
  const expiresAt = () => (typeof credential === 'object' ? credential.expiresAt : null);

  return {
    identify: () => ask(credentials.findViewer),
    check: () => ask(credentials.checkViewer),
    async recheck() {
      const identity = await ask(credentials.checkViewer);
      for (const { onRecheck } of listeners) onRecheck?.(identity);
    },
    async renew(token) {
      if (use === 'request') throw connectionRequired();
      const fresh = await readFresh(credentials, token, credential);
      const present = expiresAt();
      if (present !== null && fresh.expiresAt <= present) return present;
      credential = fresh;
      for (const { onRenewal } of listeners) onRenewal?.();
      return fresh.expiresAt;
    },
    viewer: () => viewer,
    expiresAt,
    remainingMs: () =>
      typeof credential === 'object' ? credentials.remainingMs(credential) : null,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function standingOf(found: Viewer | TokenRefusal | null): Standing {
  if (found === null) return 'none';
  if (typeof found !== 'string') return 'accepted';
  return found === 'EXPIRED' ? 'expired' : 'refused';
}

/** Makes the handle of somebody of whom no more is known, as no token is to be read. */
export function callerOfStanding(standing: Standing): Caller {
  const ask = () => ({ viewer: null, standing });
  return {
    identify: ask,
    check: ask,
    async recheck() {},
    async renew() {
      throw connectionRequired();
    },
    viewer: () => null,
    expiresAt: () => null,
    remainingMs: () => null,
    listen: () => () => {},
  };
}
