import type { CryptoKey, JWK } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Keyring } from '../../platform/keyring.ts';
import { type MaybeLater, whenThere } from '../../platform/maybe-later.ts';
import { SigningKeyError } from './signing-key-error.ts';
import { keyChannel, verifiesAt } from './signing-key-rotation.ts';
import { type KeySet, type OpenKey, readKeys } from './signing-key-store.ts';

/** What tokens are signed with. */
export interface Signer {
  kid: string;
  algorithm: string;
  privateKey: CryptoKey;
}

/** The keys that tokens are signed and checked with, never older than a few seconds. */
export interface SigningKeys {
  /**
   * Picks the key that signs at this moment. Throws SigningKeyError where neither SECRET_KEY nor
   * SECRET_KEY_PREVIOUS opens it.
   */
  getSigner(): Promise<Signer>;
  /** Finds a key that running tokens may be signed with; null when there is none. */
  find(kid: string): MaybeLater<Pick<OpenKey, 'algorithm' | 'publicKey'> | null>;
  /** Lists those keys, and those that will sign, as a JSON Web Key Set (RFC 7517). */
  publish(): Promise<{ keys: JWK[] }>;
  /** Has the keys read anew by whoever asks next. */
  forget(): void;
  close(): Promise<void>;
}

/** What the signing keys are read with. */
export interface SigningKeyParts {
  database: Pick<Database, 'prisma' | 'listen'>;
  keyring: Keyring;
  clock: Clock;
  tokens: { accessTokenSeconds: number };
}

/** How old the keys may be when they are asked for, should the notice of a change be lost. */
const maxAgeMs = 5_000;

/** Opens the signing keys; whoever opens them sees to it that there is one (`KeyRotation`). */
export async function openSigningKeys(parts: SigningKeyParts): Promise<SigningKeys> {
  const { database, keyring, clock, tokens } = parts;
  let known: KeySet = new Map();
  let latest: MaybeLater<KeySet> | null = null;
  let readAt = 0;

  /** One read for all who ask meanwhile; one that fails fails them, rather than make keys unknown. */
  function current(): MaybeLater<KeySet> {
    const now = performance.now();
    if (latest !== null && now - readAt <= maxAgeMs) return latest;
    // Aged from its beginning, so that what is committed during a read is not missed for longer.
    readAt = now;
    const reading = readKeys(database.prisma, keyring, known);
    latest = reading;
    reading.then(
      (keys) => {
        known = keys;
        if (latest === reading) latest = keys;
      },
      () => {
        if (latest === reading) latest = null;
      },
    );
    return reading;
  }

  // A read that is under way may have missed the change: whoever asks from now on begins another.
  const forget = () => {
    latest = null;
  };
  const listener = await database.listen(keyChannel, forget, forget);
  const verifies = (key: OpenKey) => verifiesAt(key, clock(), tokens.accessTokenSeconds);
  return {
    async getSigner() {
      const { kid, algorithm, privateKey } = pickSigner([...(await current()).values()], clock());
      if (privateKey === null) throw new SigningKeyError();
      return { kid, algorithm, privateKey };
    },
    find: (kid) =>
      whenThere(current(), (keys) => {
        const found = keys.get(kid);
        return found && verifies(found) ? found : null;
      }),
    async publish() {
      return { keys: [...(await current()).values()].filter(verifies).map(({ jwk }) => jwk) };
    },
    forget,
    close: listener.close,
  };
}

/** Picks the newest of the keys that have begun to sign and not stopped. */
function pickSigner(keys: readonly OpenKey[], now: Date): OpenKey {
  const signing = keys
    .filter(({ retiredAt }) => retiredAt === null || retiredAt > now)
    .sort((a, b) => a.signsFrom.getTime() - b.signsFrom.getTime());
  // Where the clock of this instance is behind, a key that is to sign at once is still to come.
  const signer = signing.findLast(({ signsFrom }) => signsFrom <= now) ?? signing[0];
  if (signer === undefined) throw new Error('There is no key to sign with.');
  return signer;
}
