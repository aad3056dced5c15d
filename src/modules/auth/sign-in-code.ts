import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../../platform/keyring.ts';

const codes = 1_000_000;
const digits = 6;

/** Derives the six digits of a request for one; nothing of them is stored, a mail sent again has the same. */
export function signInCodeOf(keyring: Keyring, mailedTokenId: string): string {
  return codeUnder(subkeysOf(keyring)[0], mailedTokenId);
}

/**
 * Compares in constant time with the code under the current, then the previous key. Six digits are
 * soon guessed: whoever asks counts the tries, and minds expiry and use.
 */
export function signInCodeMatches(keyring: Keyring, mailedTokenId: string, code: string): boolean {
  const given = Buffer.from(code);
  if (given.byteLength !== digits) return false;
  return subkeysOf(keyring).some((key) =>
    timingSafeEqual(given, Buffer.from(codeUnder(key, mailedTokenId))),
  );
}

function subkeysOf(keyring: Keyring) {
  return keyring.subkeys('one-time/sign-in-code');
}

// Of 48 bits, so that no code is noticeably likelier than another.
function codeUnder(key: Buffer, mailedTokenId: string): string {
  const drawn = createHmac('sha256', key).update(mailedTokenId).digest().readUIntBE(0, 6);
  return String(drawn % codes).padStart(digits, '0');
}
