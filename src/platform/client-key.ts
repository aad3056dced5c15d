import { isIPv6 } from 'node:net';

const groupsOfIPv6 = 8;

/** Names who is counted: an IPv4 address, or the /64 that an IPv6 client has all addresses of. */
export function clientKey(ipAddress: string | null): string {
  // Which network card a neighbour was heard on is no part of who it is, and fits in no URL.
  const address = ipAddress?.replace(/%.*$/, '') ?? 'unknown';
  if (!isIPv6(address)) return address;
  // A URL writes the address canonically: one `::` at most, for the groups that are missing.
  const [head = [], tail = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: groupsOfIPv6 - head.length - tail.length }, () => '0');
  const filled = [...head, ...zeros, ...tail];
  return `${filled.slice(0, 4).join(':')}::/64`;
}
