import { v7 as uuidv7 } from 'uuid';
import type { DataExport, Prisma } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { RefusedError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { RateLimit, RateLimiter } from '../../platform/rate-limiter.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { requireRecentProof } from '../auth/step-up.ts';
import type { Viewer } from '../role/viewer.ts';
import { lockAccount } from '../user/account.ts';
import type { PrivacyJobs } from './privacy.jobs.ts';

/** How far an export is. */
export type DataExportStanding = 'PENDING' | 'READY' | 'FAILED' | 'EXPIRED';

/** What a caller of the service wants loaded along with an export. */
type DataExportQuery = Pick<Prisma.DataExportFindFirstArgs, 'include' | 'select'>;

/** Hands people what is kept about them. */
export interface DataExportService {
  /** Has a job put it together; 3 a day. StepUpRequiredError, RateLimitedError. */
  request(origin: Origin, viewer: Viewer, query: DataExportQuery): Promise<DataExport>;
  /** Finds an export of the viewer's own. */
  findOwn(viewer: Viewer, id: string, query: DataExportQuery): Promise<DataExport | null>;
  /** Tells how far an export is by now. */
  standingOf(request: Pick<DataExport, 'status' | 'expiresAt'>): DataExportStanding;
  /** Tells where an export is downloaded; null unless it is there. */
  urlOf(request: Pick<DataExport, 'id' | 'status' | 'expiresAt'>): string | null;
  /** Reads the archive of an export of the viewer's own, 20 an hour; null when it is not there. RateLimitedError. */
  download(origin: Origin, viewer: Viewer, id: string): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** What the service is built over. */
export interface DataExportParts {
  database: Pick<Database, 'prisma'>;
  commit: Commit<PrivacyJobs>;
  clock: Clock;
  limiter: Pick<RateLimiter, 'charge'>;
  /** How recent the proof must be. */
  stepUpSeconds: number;
  publicUrl: string;
}

const requests: RateLimit = {
  name: 'data-export/account',
  points: 3,
  windowSeconds: 24 * 60 * 60,
  scope: 'ACCOUNT',
};

const downloads: RateLimit = {
  name: 'data-export-download/account',
  points: 20,
  windowSeconds: 60 * 60,
  scope: 'ACCOUNT',
};

/** Shows an export to whom it is about. */
export function isDataExportVisible({ userId }: DataExport, viewer: Viewer | null): boolean {
  return viewer?.userId === userId;
}

/** Opens the service. */
export function createDataExports(parts: DataExportParts): DataExportService {
  const { commit, clock, limiter, stepUpSeconds, publicUrl } = parts;
  const { prisma } = parts.database;
  const standingOf: DataExportService['standingOf'] = ({ status, expiresAt }) =>
    expiresAt !== null && expiresAt <= clock() ? 'EXPIRED' : status;
  return {
    async request(origin, viewer, query) {
      const { userId } = viewer;
      requireRecentProof(viewer, stepUpSeconds);
      await limiter.charge(requests, userId);
      return commit(origin, async ({ transaction, audit, enqueue }) => {
        if ((await lockAccount(transaction, { userId })) === null) {
          throw new RefusedError('FORBIDDEN', 'You may not see or do this.');
        }
        const id = uuidv7();
        audit({ action: 'data-export.requested', targetId: id });
        enqueue('data-export', { dataExportId: id });
        return transaction.dataExport.create({
          ...query,
          data: { id, userId, requestedAt: clock() },
        });
      });
    },
    findOwn: ({ userId }, id, query) =>
      prisma.dataExport.findUnique({ ...query, where: { id, userId } }),
    standingOf,
    urlOf: (request) =>
      standingOf(request) === 'READY' ? `${publicUrl}/data-exports/${request.id}` : null,
    async download(origin, { userId }, id) {
      await limiter.charge(downloads, userId);
      return commit(origin, async ({ transaction, audit }) => {
        const archive = await transaction.dataExportArchive.findUnique({
          where: {
            dataExportId: id,
            dataExport: { userId, status: 'READY', expiresAt: { gt: clock() } },
          },
        });
        if (archive === null) return null;
        audit({ action: 'data-export.downloaded', targetId: id });
        return archive.content;
      });
    },
  };
}
