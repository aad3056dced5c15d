/** The most bytes, in UTF-8, that are taken for a password: hashing any more would be work for an attacker. */
export const maxPasswordBytes = 256;

/** Brings a password to the form that is counted and hashed, so that one typed on another keyboard still fits (NIST SP 800-63B-4 §3.1.1.2). */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Tells whether a password, as it was typed, is within the bytes that are taken. */
export function isShortEnough(password: string): boolean {
  return Buffer.byteLength(password) <= maxPasswordBytes;
}

/**
 * Tells whether a password has enough characters: code points of its normal form, and of what was
 * typed, since one sign may stand for a whole phrase in the normal form.
 */
export function isLongEnough(password: string, minLength: number): boolean {
  const forms = [normalizePassword(password), password.normalize('NFC')];
  return forms.every((form) => [...form].length >= minLength);
}
