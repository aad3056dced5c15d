import type { SigningKey } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/database/database.ts';
import type { Keyring } from '../../platform/keyring.ts';
import { type Origin, serverOrigin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { SigningKeyError } from './signing-key-error.ts';
import { makeKey, rewrapKey } from './signing-key-store.ts';

/** Replaces signing keys. All of it is safe to call on several instances at once. */
export interface KeyRotation {
  /**
   * Makes the first key, or the next one where the newest signs with another algorithm than
   * configured or is too old. Throws SigningKeyError where neither SECRET_KEY nor
   * SECRET_KEY_PREVIOUS opens the stored one: with a new one in its place, instances that have the
   * right secret would sign what nobody accepts.
   */
  prepare(): Promise<void>;
  /** Makes the next key where the newest is too old, and removes keys that nothing needs. */
  rotateIfDue(): Promise<void>;
  /**
   * Makes the next key. It takes over once everybody who checks tokens can know it; in place of
   * compromised ones it signs at once, and all that they have signed is refused.
   */
  rotate(origin: Origin, compromised: boolean): Promise<NextKey>;
}

/** A key that was made. */
export interface NextKey {
  kid: string;
  signsFrom: Date;
}

/** What keys are replaced with. */
export interface KeyRotationParts {
  commit: Commit;
  keyring: Keyring;
  clock: Clock;
  tokens: { algorithm: 'EdDSA' | 'ES256'; keyDays: number; accessTokenSeconds: number };
  /** How long others may keep the published keys. */
  publishedSeconds: number;
}

/** Where instances tell one another that the keys have changed. */
export const keyChannel = 'latchkey_keys';

/** How far the clocks of instances may be apart, and what a message between them takes. */
const toleranceSeconds = 60;
/** Any number; it keeps instances from making a key each. */
const rotationLock = 7_311_002;
const daySeconds = 86_400;

/** Tells whether tokens of a key may still be running; true of keys that are yet to sign. */
export function verifiesAt(
  { retiredAt }: Pick<SigningKey, 'retiredAt'>,
  now: Date,
  tokenSeconds: number,
): boolean {
  return retiredAt === null || after(retiredAt, tokenSeconds + toleranceSeconds) > now;
}

/** Builds the rotation over its parts. */
export function createKeyRotation(parts: KeyRotationParts): KeyRotation {
  const { commit, keyring, clock, tokens } = parts;
  const leadSeconds = parts.publishedSeconds + toleranceSeconds;

  /** Replaces the newest key where that is due. */
  async function replace(
    origin: Origin,
    isDue: (newest: SigningKey, now: Date) => boolean,
    compromised = false,
  ): Promise<NextKey | null> {
    const made = await makeKey(keyring, tokens.algorithm);
    return commit(origin, async ({ transaction, audit, notify }) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${rotationLock}::bigint)`;
      const now = clock();
      const stored = await transaction.signingKey.findMany({ orderBy: { signsFrom: 'asc' } });
      await rewrap(transaction, stored, now);
      const newest = stored.find(({ retiredAt }) => retiredAt === null);
      const dead = stored.filter(
        (key) => compromised || !verifiesAt(key, now, tokens.accessTokenSeconds),
      );
      if (dead.length > 0) {
        await transaction.signingKey.deleteMany({
          where: { id: { in: dead.map(({ id }) => id) } },
        });
      }
      if (newest !== undefined && !isDue(newest, now)) return null;
      const signsFrom = newest === undefined || compromised ? now : after(now, leadSeconds);
      await transaction.signingKey.updateMany({
        where: { retiredAt: null },
        data: { retiredAt: signsFrom },
      });
      await transaction.signingKey.create({ data: { ...made, signsFrom } });
      const { id: kid, algorithm } = made;
      const metadata = { kid, algorithm, compromised, signsFrom: signsFrom.toISOString() };
      const action = newest === undefined ? 'signing-key.created' : 'signing-key.rotated';
      audit({ action, metadata });
      // Tokens of a compromised key are refused as soon as it commits.
      notify({ channel: keyChannel, payload: '' });
      return { kid, signsFrom };
    });
  }

  /** Sees that SECRET_KEY opens the keys that sign, and that it does so by itself. */
  async function rewrap(transaction: Transaction, stored: SigningKey[], now: Date) {
    for (const { id, privateJwe, retiredAt } of stored) {
      if (retiredAt !== null && retiredAt <= now) continue;
      const rewrapped = await rewrapKey(keyring, privateJwe);
      if (rewrapped === null) throw new SigningKeyError();
      if (rewrapped === privateJwe) continue;
      await transaction.signingKey.update({ where: { id }, data: { privateJwe: rewrapped } });
    }
  }

  const isOld = ({ signsFrom }: SigningKey, now: Date) =>
    after(signsFrom, tokens.keyDays * daySeconds) <= now;
  const origin = serverOrigin('signing-keys');
  return {
    async prepare() {
      // At a start only: instances that are configured differently would rotate in turns.
      const isOther = ({ algorithm }: SigningKey) => algorithm !== tokens.algorithm;
      await replace(origin, (newest, now) => isOther(newest) || isOld(newest, now));
    },
    async rotateIfDue() {
      await replace(origin, isOld);
    },
    async rotate(from, compromised) {
      const next = await replace(from, () => true, compromised);
      if (next === null) throw new Error('A rotation that was asked for is always due.');
      return next;
    },
  };
}

const after = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1000);
