import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import type { PeriodicWork } from '../../platform/jobs/periodic.ts';
import type { JobHandler } from '../../platform/jobs/worker.ts';
import { serverOrigin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { lockAccount } from '../user/account.ts';
import { avatarFile, writeAccountRecord } from './account-record.ts';
import { dataExportQueue, type PrivacyJobs } from './privacy.jobs.ts';
import { type ArchivedFile, zipFiles } from './zip-archive.ts';

/** What the worker is built over. */
export interface DataExportWorkerParts {
  database: Pick<Database, 'prisma'>;
  commit: Commit<PrivacyJobs>;
  clock: Clock;
}

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const archiveKeptMs = dayMs;
const requestKeptMs = 30 * dayMs;

/** Builds the worker that puts together what is kept about whoever asked for it. */
export function createDataExportWorker(
  parts: DataExportWorkerParts,
): JobHandler<PrivacyJobs['data-export']> {
  const { prisma } = parts.database;
  return async ({ dataExportId: id }, { attempt, signal }) => {
    const where = { id, status: 'PENDING' } as const;
    const request = await prisma.dataExport.findUnique({ where });
    // The account may be gone by now.
    if (request === null) return;
    try {
      const content = await archiveOf(parts, request.userId);
      signal.throwIfAborted();
      if (content !== null) await store(parts, request, content);
    } catch (error) {
      const isLast = attempt > dataExportQueue.retryLimit;
      if (isLast) await prisma.dataExport.updateMany({ where, data: { status: 'FAILED' } });
      throw error;
    }
  };
}

async function archiveOf({ database: { prisma }, clock }: DataExportWorkerParts, userId: string) {
  const now = clock();
  const record = await writeAccountRecord(prisma, userId, now);
  if (record === null) return null;
  const avatar = await prisma.avatarRendition.findFirst({
    where: { userId },
    orderBy: { size: 'desc' },
  });
  const files: ArchivedFile[] = [{ name: 'account.json', pieces: encode(record), packs: true }];
  if (avatar) files.push({ name: avatarFile, pieces: [avatar.content], packs: false });
  return zipFiles(files, now);
}

async function* encode(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}

/** Keeps an archive and has its user told, unless it is there or the account is gone by now. */
async function store(
  { commit, clock }: DataExportWorkerParts,
  { id, userId }: { id: string; userId: string },
  content: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await commit(serverOrigin('data-export'), async ({ transaction, enqueue }) => {
    if ((await lockAccount(transaction, { userId })) === null) return;
    const { count } = await transaction.dataExport.updateMany({
      where: { id, status: 'PENDING' },
      data: { status: 'READY', expiresAt: new Date(clock().getTime() + archiveKeptMs) },
    });
    if (count === 0) return;
    await transaction.dataExportArchive.create({
      data: { dataExportId: id, content },
      // Else the whole archive comes back.
      select: { dataExportId: true },
    });
    enqueue('mail', { kind: 'data-export-ready', dataExportId: id });
  });
}

/**
 * Describes how archives are removed once they have expired, and requests a month after they were
 * made. One that waits for a day was lost: it counts as failed.
 */
export function periodicExportPruning({ database, clock }: DataExportWorkerParts): PeriodicWork {
  const { prisma } = database;
  const before = (ageMs: number) => ({ lt: new Date(clock().getTime() - ageMs) });
  return {
    async work() {
      await prisma.dataExportArchive.deleteMany({
        where: { dataExport: { expiresAt: { lte: clock() } } },
      });
      await prisma.dataExport.updateMany({
        where: { status: 'PENDING', requestedAt: before(dayMs) },
        data: { status: 'FAILED' },
      });
      await prisma.dataExport.deleteMany({ where: { requestedAt: before(requestKeptMs) } });
    },
    intervalMs: hourMs / 6,
    onFault: 'Exports of data that have expired could not be removed.',
  };
}
