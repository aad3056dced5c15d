import {
  CompactEncrypt,
  type CryptoKey,
  calculateJwkThumbprint,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import type { SigningKey } from '../../generated/prisma/client.ts';
import type { Database, Transaction } from '../../platform/database/database.ts';
import type { Keyring } from '../../platform/keyring.ts';
import type { Log } from '../../platform/log.ts';

/** The key that new access tokens are signed with. */
export interface ActiveKey {
  kid: string;
  privateKey: CryptoKey;
}

/** The keys that access tokens are signed and checked with. */
export interface SigningKeys {
  readonly active: ActiveKey;
  /** Finds a public key that tokens may still be signed with; null when there is none. */
  find(kid: string): Promise<CryptoKey | null>;
  /** Lists the public keys as a JSON Web Key Set (RFC 7517). */
  publish(): Promise<{ keys: JWK[] }>;
}

const algorithm = 'EdDSA';
const purpose = 'signing-key/v1';
/** Any number; it keeps instances that start together from making a key each. */
const creationLock = 7_311_002;
/** How old the list of public keys may be when an unknown key or the whole list is asked for. */
const maxAgeMs = 5_000;

/**
 * Loads the signing keys, making the first one on an empty database. A stored private key that
 * SECRET_KEY does not open any more is left aside with a warning and a new one is made.
 */
export async function loadSigningKeys(
  { prisma }: Pick<Database, 'prisma'>,
  keyring: Keyring,
  log: Log,
): Promise<SigningKeys> {
  const active = await prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${creationLock}::bigint)`;
    const newest = await transaction.signingKey.findFirst({
      where: { retiredAt: null },
      orderBy: { createdAt: 'desc' },
    });
    const opened = newest && (await openKey(keyring, newest));
    if (newest && !opened) log.warn('SECRET_KEY does not open the signing key; making a new one.');
    return opened ?? (await makeKey(keyring, transaction));
  });
  let published = await readPublicKeys(prisma);
  let readAt = performance.now();
  const current = async () => {
    if (performance.now() - readAt > maxAgeMs) {
      readAt = performance.now();
      published = await readPublicKeys(prisma);
    }
    return published;
  };
  return {
    active,
    find: async (kid) => (published.get(kid) ?? (await current()).get(kid))?.key ?? null,
    publish: async () => ({ keys: [...(await current()).values()].map(({ jwk }) => jwk) }),
  };
}

async function makeKey(keyring: Keyring, transaction: Transaction): Promise<ActiveKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const [wrappingKey] = keyring.subkeys(purpose);
  const privateJwe = await new CompactEncrypt(
    Buffer.from(JSON.stringify(await exportJWK(privateKey))),
  )
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(wrappingKey);
  await transaction.signingKey.create({
    data: { id: kid, algorithm, publicJwk: { ...publicJwk }, privateJwe },
  });
  return { kid, privateKey };
}

async function openKey(keyring: Keyring, stored: SigningKey): Promise<ActiveKey | null> {
  for (const wrappingKey of keyring.subkeys(purpose)) {
    try {
      const { plaintext } = await compactDecrypt(stored.privateJwe, wrappingKey);
      const jwk: JWK = JSON.parse(Buffer.from(plaintext).toString());
      return { kid: stored.id, privateKey: await asymmetric(jwk) };
    } catch {
      // Not this subkey's; the caller reports when none fits.
    }
  }
  return null;
}

async function asymmetric(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new TypeError('A signing key is never symmetric.');
  return key;
}

async function readPublicKeys(prisma: Database['prisma']) {
  const rows = await prisma.signingKey.findMany({ select: { id: true, publicJwk: true } });
  const entries = rows.map(async ({ id, publicJwk }) => {
    const jwk: JWK = { ...Object(publicJwk), kid: id, alg: algorithm, use: 'sig' };
    return [id, { jwk, key: await asymmetric(jwk) }] as const;
  });
  return new Map(await Promise.all(entries));
}
