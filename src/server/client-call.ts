import { randomUUID } from 'node:crypto';
import type { Call } from '../graphql/call.ts';
import type { Log } from '../platform/log.ts';
import { clientAddress } from './client-address.ts';

/** The header fields of a request. */
export type HeaderFields = Pick<Headers, 'get'>;

const maxUserAgentLength = 256;

/** Describes a request by its headers and the address that its socket was opened from. */
export function createCall(
  headers: HeaderFields,
  socketAddress: string | null,
  log: Log,
  { trustedProxyHops }: { trustedProxyHops: number },
): Call {
  return {
    requestId: randomUUID(),
    ipAddress: clientAddress(socketAddress, headers.get('x-forwarded-for'), trustedProxyHops),
    userAgent: headers.get('user-agent')?.slice(0, maxUserAgentLength) ?? null,
    timings: new Map(),
    log,
  };
}
