import { decodeBase64url } from '../../platform/base64url.ts';
import type { Keyring } from '../../platform/keyring.ts';
import { uuidFromBytes, uuidToBytes } from '../../platform/uuid.ts';

const prefix = 'lkr_';
const idBytes = 16;
const counterBytes = 4;
const macBytes = 32;
const purpose = 'refresh/v1';

/** The readable part of a refresh token: which session, and the number of the token. */
export interface RefreshClaim {
  sessionId: string;
  counter: number;
  mac: Buffer;
}

const message = (sessionId: string, counter: number) => `${purpose}|${sessionId}|${counter}`;

/** Derives the refresh token of that number; a session has one at a time and none is stored. */
export function issueRefreshToken(
  keyring: Keyring,
  session: { id: string; counter: number; salt: Uint8Array },
): string {
  const number = Buffer.alloc(counterBytes);
  number.writeUInt32BE(session.counter);
  const mac = keyring.sign(purpose, message(session.id, session.counter), session.salt);
  return prefix + Buffer.concat([uuidToBytes(session.id), number, mac]).toString('base64url');
}

/** Reads what a refresh token claims; null when it has not the form of one. Proves nothing yet. */
export function readRefreshClaim(token: string): RefreshClaim | null {
  if (!token.startsWith(prefix)) return null;
  const bytes = decodeBase64url(token.slice(prefix.length), idBytes + counterBytes + macBytes);
  if (bytes === null) return null;
  return {
    sessionId: uuidFromBytes(bytes.subarray(0, idBytes)),
    counter: bytes.readUInt32BE(idBytes),
    mac: bytes.subarray(idBytes + counterBytes),
  };
}

/** Tells whether this server issued the token for the session with that salt. */
export function refreshClaimHolds(
  keyring: Keyring,
  claim: RefreshClaim,
  salt: Uint8Array,
): boolean {
  return keyring.verify(purpose, message(claim.sessionId, claim.counter), claim.mac, salt);
}
