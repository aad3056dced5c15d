import type { ChainPlace } from '../../platform/audit-trail/chain.ts';
import { signCheckpoint } from '../../platform/audit-trail/checkpoint.ts';
import { linkAuditEvents } from '../../platform/audit-trail/linker.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import type { PeriodicWork } from '../../platform/jobs/periodic.ts';
import type { Log } from '../../platform/log.ts';
import type { SigningKeys } from '../auth/signing-keys.ts';

/** What the trail is looked after with. */
export interface AuditChainParts {
  database: Pick<Database, 'prisma'>;
  keys: Pick<SigningKeys, 'getSigner' | 'publish'>;
  clock: Clock;
  log: Log;
  /** Who signs: the public URL of the server. */
  issuer: string;
}

const linkIntervalMs = 5_000;
/** A checkpoint is due after so many links, and an hour after the first without one. */
const maxUnsignedLinks = 1_000;
const maxUnsignedMs = 3_600_000;

/** Describes how events are linked every few seconds, and the chain signed from time to time. */
export function periodicLinking(parts: AuditChainParts): PeriodicWork {
  return {
    work: async () => {
      await linkAuditEvents(parts.database);
      await signIfDue(parts);
    },
    intervalMs: linkIntervalMs,
    onFault: 'The audit trail could not be linked.',
  };
}

/**
 * Signs how far the chain goes, where that is due; answers whether it did. The place is logged, too:
 * where logs are kept, nobody who can write to the database can exchange it.
 */
export async function signIfDue(parts: AuditChainParts): Promise<boolean> {
  const { database, keys, clock, log, issuer } = parts;
  const now = clock();
  const place = await findUnsigned(database, new Date(now.getTime() - maxUnsignedMs));
  if (place === null) return false;
  const signer = await keys.getSigner();
  const { keys: published } = await keys.publish();
  const publicJwk = published.find(({ kid }) => kid === signer.kid);
  if (publicJwk === undefined) throw new Error('The key that signs is not published.');
  const statement = await signCheckpoint(place, { ...signer, issuer, now });
  const { position, hash } = place;
  // Another instance may have signed the same place just now.
  const { count } = await database.prisma.auditCheckpoint.createMany({
    data: { position, statement, publicJwk: { ...publicJwk } },
    skipDuplicates: true,
  });
  if (count > 0)
    log.info({ position: Number(position), hash, kid: signer.kid }, 'audit checkpoint');
  return count > 0;
}

/** Finds the end of the chain if a checkpoint of it is due. */
async function findUnsigned(
  { prisma }: AuditChainParts['database'],
  longAgo: Date,
): Promise<ChainPlace | null> {
  const [place] = await prisma.$queryRaw<ChainPlace[]>`
    SELECT l.position, encode(l.hash, 'hex') AS hash
    FROM (SELECT coalesce(max(position), 0) AS position FROM audit_checkpoint) signed,
      (SELECT position, hash FROM audit_link ORDER BY position DESC LIMIT 1) l
    WHERE l.position >= signed.position + ${maxUnsignedLinks}::int
      OR l.position > signed.position AND EXISTS (
        SELECT FROM audit_link unsigned
        WHERE unsigned.position = signed.position + 1 AND unsigned.linked_at <= ${longAgo})`;
  return place ?? null;
}
