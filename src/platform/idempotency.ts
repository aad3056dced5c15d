import { createHmac } from 'node:crypto';
import type { Prisma } from '../generated/prisma/client.ts';
import type { Database, Transaction } from './database/database.ts';
import { ConflictError } from './errors.ts';
import type { PeriodicWork } from './jobs/periodic.ts';
import type { Keyring } from './keyring.ts';

/** A call of a mutation that is to have its effect once, however often it is sent. */
export interface RepeatableCall {
  userId: string;
  /** Name of the mutation; each has keys of its own. */
  operation: string;
  /** What the client chose for this call. */
  key: string;
  /** All that the call says besides the key. */
  input: Prisma.InputJsonObject;
}

/** Remembers for a day what calls came to, in their own transaction. */
export interface Idempotency {
  /**
   * Notes that a call is about to make the row of an id; answers the id of the row that stands: the
   * same, or that of an earlier call with this key, whose result is the answer then. Of two at once
   * the second waits for the first. ConflictError when the earlier call had another input.
   */
  claim(transaction: Transaction, call: RepeatableCall, id: string): Promise<string>;
}

const keptForMs = 24 * 60 * 60 * 1000;
const pruningIntervalMs = 60 * 60 * 1000;

/** Opens it; neither keys nor inputs are stored, only codes over them under a subkey. */
export function createIdempotency(keyring: Keyring): Idempotency {
  /** The code under the current key, then the previous one. */
  const codesOf = (message: string) =>
    keyring
      .subkeys('idempotency')
      .map((key) => Uint8Array.from(createHmac('sha256', key).update(message).digest()));
  return {
    async claim(transaction, { userId, operation, key, input }, id) {
      const keys = codesOf(`key\0${operation}\0${key}`);
      const digests = codesOf(`input\0${operation}\0${canonical(input)}`);
      const find = () =>
        transaction.idempotencyKey.findFirst({ where: { userId, operation, key: { in: keys } } });
      let earlier = await find();
      if (earlier === null) {
        const [current = new Uint8Array()] = keys;
        const [inputDigest = new Uint8Array()] = digests;
        const data = { userId, operation, key: current, inputDigest, resultId: id };
        // Waits for whoever is about to write the same.
        const { count } = await transaction.idempotencyKey.createMany({
          data,
          skipDuplicates: true,
        });
        if (count === 1) return id;
        earlier = await find();
      }
      if (earlier === null) throw new Error('An idempotency key was there and is gone.');
      const { inputDigest, resultId } = earlier;
      if (digests.some((digest) => Buffer.compare(digest, inputDigest) === 0)) return resultId;
      throw new ConflictError('The key was used for another input.', {
        path: ['input', 'idempotencyKey'],
      });
    },
  };
}

/** Writes an input so that the same one reads the same, whatever the order of its fields. */
function canonical(input: Prisma.InputJsonObject): string {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return JSON.stringify(given.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Forgets from time to time the keys of more than a day ago, by the clock of the database. */
export function periodicKeyPruning({ prisma }: Pick<Database, 'prisma'>): PeriodicWork {
  return {
    work: () => prisma.$executeRaw`
      DELETE FROM idempotency_key
      WHERE created_at < statement_timestamp() - make_interval(secs => ${keptForMs / 1000})`,
    intervalMs: pruningIntervalMs,
    onFault: 'Idempotency keys could not be pruned; they will be in an hour.',
  };
}
