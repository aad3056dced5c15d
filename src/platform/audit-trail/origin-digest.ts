import { createHash } from 'node:crypto';
import type { Origin } from '../origin.ts';
import { canonicalJson } from './canonical-json.ts';

const domain = 'latchkey/audit-origin/v1\0';

/**
 * Commits to where an event came from: the chain covers the digest, so that the details can be
 * checked as long as they are kept and erased without breaking it. Without the salt, which is erased
 * along with them, nobody can try addresses against it.
 */
export function digestOrigin(
  salt: Uint8Array,
  { ipAddress, userAgent }: Pick<Origin, 'ipAddress' | 'userAgent'>,
): Buffer<ArrayBuffer> {
  const digest = createHash('sha256')
    .update(domain)
    .update(Buffer.of(salt.length))
    .update(salt)
    .update(canonicalJson([ipAddress, userAgent]))
    .digest();
  return Buffer.from(digest);
}
