import {
  CompactEncrypt,
  type CryptoKey,
  calculateJwkThumbprint,
  compactDecrypt,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import type { SigningKey } from '../../generated/prisma/client.ts';
import type { Database, Transaction } from '../../platform/database/database.ts';
import type { Keyring } from '../../platform/keyring.ts';

/** The key that new access tokens are signed with. */
export interface ActiveKey {
  kid: string;
  privateKey: CryptoKey;
}

/** A key that access tokens may have been signed with. */
export interface PublicKey {
  /** As it is published (RFC 7517). */
  jwk: JWK;
  key: CryptoKey;
  /** When it stopped signing; null while it signs. */
  retiredAt: Date | null;
}

/** The one algorithm that tokens are signed with (RFC 8037). */
export const signingAlgorithm = 'EdDSA';

const wrappingPurpose = 'signing-key/v1';

/** Makes and stores a key pair, the private part encrypted under a subkey of SECRET_KEY. */
export async function storeNewKey(keyring: Keyring, transaction: Transaction): Promise<ActiveKey> {
  const { publicKey, privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const privateJwe = await wrap(keyring, await exportJWK(privateKey));
  await transaction.signingKey.create({
    data: { id: kid, algorithm: signingAlgorithm, publicJwk: { ...publicJwk }, privateJwe },
  });
  return { kid, privateKey };
}

/**
 * Opens a stored private key, and stores it anew when the previous SECRET_KEY was what opened it,
 * so that the previous one can be dropped. Null when neither opens it.
 */
export async function openStoredKey(
  keyring: Keyring,
  transaction: Transaction,
  stored: SigningKey,
): Promise<ActiveKey | null> {
  for (const [age, wrappingKey] of keyring.subkeys(wrappingPurpose).entries()) {
    const jwk = await unwrap(stored.privateJwe, wrappingKey);
    if (jwk === null) continue;
    if (age > 0) {
      const privateJwe = await wrap(keyring, jwk);
      await transaction.signingKey.update({ where: { id: stored.id }, data: { privateJwe } });
    }
    return { kid: stored.id, privateKey: await importKey(jwk) };
  }
  return null;
}

/** Reads the public part of every key, by id. */
export async function readPublicKeys(prisma: Database['prisma']): Promise<Map<string, PublicKey>> {
  const rows = await prisma.signingKey.findMany({
    select: { id: true, publicJwk: true, retiredAt: true },
  });
  const entries = rows.map(async ({ id, publicJwk, retiredAt }) => {
    const jwk: JWK = { ...Object(publicJwk), kid: id, alg: signingAlgorithm, use: 'sig' };
    return [id, { jwk, key: await importKey(jwk), retiredAt }] as const;
  });
  return new Map(await Promise.all(entries));
}

async function wrap(keyring: Keyring, jwk: JWK): Promise<string> {
  const [wrappingKey] = keyring.subkeys(wrappingPurpose);
  return new CompactEncrypt(Buffer.from(JSON.stringify(jwk)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(wrappingKey);
}

async function unwrap(jwe: string, wrappingKey: Uint8Array): Promise<JWK | null> {
  try {
    const { plaintext } = await compactDecrypt(jwe, wrappingKey, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return JSON.parse(Buffer.from(plaintext).toString());
  } catch (error) {
    if (error instanceof errors.JWEDecryptionFailed) return null;
    throw error;
  }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm);
  if (key instanceof Uint8Array) throw new TypeError('A signing key is never symmetric.');
  return key;
}
