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
import type { Prisma, SigningKey } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Keyring } from '../../platform/keyring.ts';

/** A stored key, ready for use. */
export interface OpenKey extends Pick<SigningKey, 'signsFrom' | 'retiredAt'> {
  kid: string;
  /** The one algorithm that it signs and verifies with. */
  algorithm: string;
  /** As it is published (RFC 7517). */
  jwk: JWK;
  publicKey: CryptoKey;
  /** Null where neither SECRET_KEY nor SECRET_KEY_PREVIOUS opens it. */
  privateKey: CryptoKey | null;
}

/** Keys by id. */
export type KeySet = ReadonlyMap<string, OpenKey>;

const wrappingPurpose = 'signing-key/v1';

/** Makes the row of a key pair, the private part encrypted under a subkey of SECRET_KEY. */
export async function makeKey(keyring: Keyring, algorithm: 'EdDSA' | 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  return {
    id: await calculateJwkThumbprint(publicJwk),
    algorithm,
    publicJwk: { ...publicJwk },
    privateJwe: await wrap(keyring, await exportJWK(privateKey)),
  } satisfies Prisma.SigningKeyCreateInput;
}

/**
 * Encrypts a private key anew when the previous SECRET_KEY was what opened it, so that the previous
 * one can be dropped; else answers it as it was. Null when neither opens it.
 */
export async function rewrapKey(keyring: Keyring, privateJwe: string): Promise<string | null> {
  const opened = await open(keyring, privateJwe);
  if (opened === null) return null;
  return opened.isCurrent ? privateJwe : wrap(keyring, opened.jwk);
}

/** Reads every key; what is known already is not decrypted again. */
export async function readKeys(
  prisma: Database['prisma'],
  keyring: Keyring,
  known: KeySet,
): Promise<KeySet> {
  const rows = await prisma.signingKey.findMany();
  const entries = rows.map(async ({ signsFrom, retiredAt, ...row }) => {
    const key = known.get(row.id) ?? (await importRow(keyring, row));
    return [row.id, { ...key, signsFrom, retiredAt }] as const;
  });
  return new Map(await Promise.all(entries));
}

async function importRow(
  keyring: Keyring,
  row: Pick<SigningKey, 'id' | 'algorithm' | 'publicJwk' | 'privateJwe'>,
) {
  const { id: kid, algorithm, privateJwe } = row;
  const jwk: JWK = { ...Object(row.publicJwk), kid, alg: algorithm, use: 'sig' };
  const opened = await open(keyring, privateJwe);
  return {
    kid,
    algorithm,
    jwk,
    publicKey: await importKey(jwk, algorithm),
    privateKey: opened && (await importKey(opened.jwk, algorithm)),
  };
}

async function wrap(keyring: Keyring, jwk: JWK): Promise<string> {
  const [wrappingKey] = keyring.subkeys(wrappingPurpose);
  return new CompactEncrypt(Buffer.from(JSON.stringify(jwk)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(wrappingKey);
}

async function open(keyring: Keyring, jwe: string) {
  for (const [age, wrappingKey] of keyring.subkeys(wrappingPurpose).entries()) {
    const jwk = await unwrap(jwe, wrappingKey);
    if (jwk !== null) return { jwk, isCurrent: age === 0 };
  }
  return null;
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

async function importKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new TypeError('A signing key is never symmetric.');
  return key;
}
