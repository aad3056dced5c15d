import { isIPv4, isIPv6 } from 'node:net';

/** Parses an absolute URL; null when it is none. */
export function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/**
 * States whether a host is reached from this machine only: 127.0.0.0/8, ::1 or localhost.
 *
 * Takes a name or an address, an IPv6 address with or without brackets. Other spellings of the
 * same addresses (`127.1`, `::ffff:127.0.0.1`) are not recognised: they count as reachable.
 */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.+)\]$/, '$1');
  if (isIPv4(bare)) return bare.startsWith('127.');
  if (isIPv6(bare)) return parseUrl(`http://[${bare}]`)?.hostname === '[::1]';
  return bare.toLowerCase() === 'localhost';
}

/** States whether a URL leads to this machine. */
export function isLoopbackUrl(url: string): boolean {
  const parsed = parseUrl(url);
  return parsed !== null && isLoopbackHost(parsed.hostname);
}

/** States whether what is sent to the URL crosses a network in the clear. */
export function isPlainOverNetwork(url: string): boolean {
  return url.startsWith('http:') && !isLoopbackUrl(url);
}

/** Writes host and port as the origin of an http URL. */
export function httpOrigin(host: string, port: number): string {
  return new URL(`http://${isIPv6(host) ? `[${host}]` : host}:${port}`).origin;
}

/** Names the domain of a URL as mail addresses know it; `localhost` when it is an IP address. */
export function mailDomain(url: string): string {
  const host = new URL(url).hostname;
  return isIPv4(host) || host.startsWith('[') ? 'localhost' : host;
}
