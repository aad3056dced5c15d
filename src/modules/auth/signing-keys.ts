import type { CryptoKey, JWK } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Keyring } from '../../platform/keyring.ts';
import {
  type ActiveKey,
  openStoredKey,
  type PublicKey,
  readPublicKeys,
  storeNewKey,
} from './signing-key-store.ts';

/** The keys that access tokens are signed and checked with. */
export interface SigningKeys {
  readonly active: ActiveKey;
  /** Finds a public key that running tokens may be signed with; null when there is none. */
  find(kid: string): Promise<CryptoKey | null>;
  /** Lists those keys as a JSON Web Key Set (RFC 7517). */
  publish(): Promise<{ keys: JWK[] }>;
}

/** What the signing keys are loaded with. */
export interface SigningKeyParts {
  database: Pick<Database, 'prisma'>;
  keyring: Keyring;
  clock: Clock;
  /** How long a key still verifies after it stopped signing. */
  tokenLifetimeSeconds: number;
}

/** SECRET_KEY is not the one that the signing key was stored under. */
export class SigningKeyError extends Error {
  override name = 'SigningKeyError';

  constructor() {
    super(
      'SECRET_KEY does not open the signing key in the database. Start with the key that it was stored under, as SECRET_KEY or SECRET_KEY_PREVIOUS.',
    );
  }
}

/** Any number; it keeps instances that start together from making a key each. */
const creationLock = 7_311_002;
/** How old the list of public keys may be when an unknown key or the whole list is asked for. */
const maxAgeMs = 5_000;

/**
 * Loads the signing keys, making the first one on an empty database. Throws SigningKeyError where
 * neither SECRET_KEY nor SECRET_KEY_PREVIOUS opens the stored one: with a new one in its place,
 * instances that have the right secret would sign what nobody accepts.
 */
export async function loadSigningKeys(parts: SigningKeyParts): Promise<SigningKeys> {
  const { prisma } = parts.database;
  const active = await openOrMakeKey(parts);
  let published = await readPublicKeys(prisma);
  let readAt = performance.now();
  let reading: Promise<void> | null = null;
  // One read for all who ask meanwhile; one that fails fails them, rather than make keys unknown.
  const refresh = async () => {
    published = await readPublicKeys(prisma);
    readAt = performance.now();
  };
  const current = async () => {
    if (performance.now() - readAt > maxAgeMs) {
      reading ??= refresh().finally(() => {
        reading = null;
      });
      await reading;
    }
    return published;
  };
  const verifies = ({ retiredAt }: PublicKey) =>
    retiredAt === null ||
    retiredAt.getTime() + parts.tokenLifetimeSeconds * 1000 > parts.clock().getTime();
  return {
    active,
    async find(kid) {
      const found = published.get(kid) ?? (await current()).get(kid);
      return found && verifies(found) ? found.key : null;
    },
    async publish() {
      const keys = [...(await current()).values()];
      return { keys: keys.filter(verifies).map(({ jwk }) => jwk) };
    },
  };
}

function openOrMakeKey({ database, keyring }: SigningKeyParts): Promise<ActiveKey> {
  return database.prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${creationLock}::bigint)`;
    const stored = await transaction.signingKey.findFirst({
      where: { retiredAt: null },
      orderBy: { createdAt: 'desc' },
    });
    if (stored === null) return storeNewKey(keyring, transaction);
    const opened = await openStoredKey(keyring, transaction, stored);
    if (opened === null) throw new SigningKeyError();
    return opened;
  });
}
