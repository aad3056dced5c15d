/** What a request says about the page that sends it. */
export interface SenderHeaders {
  /** Null unless a browser sends it on behalf of a page. */
  origin: string | null;
  /** Host and port that the request was sent to. */
  host: string | null;
  /** `same-origin`, `same-site`, `cross-site` or `none`; null from anything but a current browser. */
  secFetchSite: string | null;
}

/** Tells whether a page that sends a request is one that may. */
export type OriginCheck = (sender: SenderHeaders) => boolean;

const isOwn: ReadonlySet<string> = new Set(['same-origin', 'none']);

/**
 * Builds the check against forged requests (CSRF) and hijacked sockets. Browsers say from where a
 * page calls, by Origin or else by Sec-Fetch-Site, and no page can change it; other clients send
 * neither and carry no credentials of somebody else.
 */
export function createOriginCheck(
  publicUrl: string,
  allowedOrigins: readonly string[],
  isOwnHost: (hostname: string) => boolean,
): OriginCheck {
  return ({ origin, host, secFetchSite }) => {
    if (origin === null) return secFetchSite === null || isOwn.has(secFetchSite);
    if (origin === publicUrl || allowedOrigins.includes(origin)) return true;
    // `null` is the origin of every sandboxed frame.
    if (allowedOrigins.includes('*')) return origin !== 'null';
    // Under another name of this server, such as localhost; not under one that somebody points at it.
    if (!URL.canParse(origin)) return false;
    const page = new URL(origin);
    return page.host === host && isOwnHost(page.hostname);
  };
}
