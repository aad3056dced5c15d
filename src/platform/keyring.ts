import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const subkeyBytes = 32;

/** Derives a key per purpose from SECRET_KEY, so that no two uses share one. */
export interface Keyring {
  /**
   * Lists the 32-byte subkeys of a purpose (HKDF-SHA-256, RFC 5869): the current one, which alone
   * is used to make things, then the previous one, which is still accepted.
   */
  subkeys(purpose: string, salt?: Uint8Array): readonly [Buffer, ...Buffer[]];
  /** Computes HMAC-SHA-256 of the message under the current subkey. */
  sign(purpose: string, message: string, salt?: Uint8Array): Buffer;
  /** Compares in constant time with the code under the current, then the previous subkey. */
  verify(purpose: string, message: string, mac: Uint8Array, salt?: Uint8Array): boolean;
}

/** Opens the keyring over the server's secret and, during a rotation, the one before it. */
export function createKeyring(secretKey: string, previousSecretKey: string | null): Keyring {
  const derive = (secret: string, purpose: string, salt: Uint8Array) =>
    Buffer.from(hkdfSync('sha256', secret, salt, `latchkey/${purpose}`, subkeyBytes));
  const subkeys: Keyring['subkeys'] = (purpose, salt = new Uint8Array()) => [
    derive(secretKey, purpose, salt),
    ...(previousSecretKey === null ? [] : [derive(previousSecretKey, purpose, salt)]),
  ];
  const code = (key: Buffer, message: string) => createHmac('sha256', key).update(message).digest();
  return {
    subkeys,
    sign: (purpose, message, salt) => code(subkeys(purpose, salt)[0], message),
    verify: (purpose, message, mac, salt) =>
      subkeys(purpose, salt).some((key) => {
        const expected = code(key, message);
        return mac.byteLength === expected.byteLength && timingSafeEqual(mac, expected);
      }),
  };
}
