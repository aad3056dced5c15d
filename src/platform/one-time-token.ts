import { decodeBase64url } from './base64url.ts';
import type { Keyring } from './keyring.ts';
import { uuidFromBytes, uuidToBytes } from './uuid.ts';

/** What a one-time token may be used for; each purpose has a key of its own. */
export type TokenPurpose = 'verify-email' | 'reset-password' | 'change-email' | 'accept-invite';

const idBytes = 16;
const macBytes = 32;

/**
 * Derives the token of a stored request: its row id and a code over it. Nothing of it is stored,
 * so neither the database nor a queue row can give it away; a mail sent again carries the same.
 */
export function issueOneTimeToken(keyring: Keyring, purpose: TokenPurpose, rowId: string): string {
  const mac = keyring.sign(`one-time/${purpose}`, rowId);
  return Buffer.concat([uuidToBytes(rowId), mac]).toString('base64url');
}

/**
 * Reads the row id out of a token that this server issued for the purpose; null for any other.
 * Says nothing of expiry or use: the row does.
 */
export function readOneTimeToken(
  keyring: Keyring,
  purpose: TokenPurpose,
  token: string,
): string | null {
  const bytes = decodeBase64url(token, idBytes + macBytes);
  if (bytes === null) return null;
  const rowId = uuidFromBytes(bytes.subarray(0, idBytes));
  const holds = keyring.verify(`one-time/${purpose}`, rowId, bytes.subarray(idBytes));
  return holds ? rowId : null;
}
