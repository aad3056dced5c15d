import { isIP } from 'node:net';

/**
 * Finds the address of the client behind the trusted proxies.
 *
 * Each trusted proxy appends the address that it was called from to X-Forwarded-For, so the
 * client stands `hops` places from the right; what stands further left is the client's own claim.
 */
export function clientAddress(
  socketAddress: string | null,
  forwardedFor: string | null,
  trustedProxyHops: number,
): string | null {
  if (trustedProxyHops === 0) return withoutMapping(socketAddress);
  const claimed = forwardedFor?.split(',').map((address) => address.trim()) ?? [];
  const address = (claimed.at(-trustedProxyHops) ?? claimed[0] ?? '').replace(/%.*$/, '');
  // Whatever is no address was not written by a proxy, and would end up in mails and logs.
  return withoutMapping(isIP(address) === 0 ? socketAddress : address);
}

/** Writes an IPv4 address that came over an IPv6 socket as what it is. */
function withoutMapping(address: string | null): string | null {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;
}
