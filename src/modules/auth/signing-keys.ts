import type { CryptoKey, JWK } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Keyring } from '../../platform/keyring.ts';
import type { Log } from '../../platform/log.ts';
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
  log: Log;
  /** How long a key still verifies after it stopped signing. */
  tokenLifetimeSeconds: number;
}

/** Any number; it keeps instances that start together from making a key each. */
const creationLock = 7_311_002;
/** How old the list of public keys may be when an unknown key or the whole list is asked for. */
const maxAgeMs = 5_000;

/**
 * Loads the signing keys, making the first one on an empty database. A key that neither
 * SECRET_KEY nor SECRET_KEY_PREVIOUS opens is retired, with a warning, and replaced.
 */
export async function loadSigningKeys(parts: SigningKeyParts): Promise<SigningKeys> {
  const { prisma } = parts.database;
  const active = await openOrReplaceKey(parts);
  let published = await readPublicKeys(prisma);
  let readAt = performance.now();
  const current = async () => {
    if (performance.now() - readAt > maxAgeMs) {
      readAt = performance.now();
      published = await readPublicKeys(prisma);
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

function openOrReplaceKey({ database, keyring, log }: SigningKeyParts): Promise<ActiveKey> {
  return database.prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${creationLock}::bigint)`;
    const stored = await transaction.signingKey.findFirst({
      where: { retiredAt: null },
      orderBy: { createdAt: 'desc' },
    });
    const opened = stored && (await openStoredKey(keyring, transaction, stored));
    if (opened) return opened;
    if (stored) {
      log.warn('SECRET_KEY does not open the signing key: it is retired and a new one is made.');
      await transaction.$executeRaw`
        UPDATE signing_key SET retired_at = statement_timestamp() WHERE retired_at IS NULL`;
    }
    return storeNewKey(keyring, transaction);
  });
}
