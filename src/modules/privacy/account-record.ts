import type { Database } from '../../platform/database/database.ts';
import { writeObject } from './json-text.ts';
import { readBlocks, readMessages } from './kept-messages.ts';
import { readActs, readEvents, readMailRequests, readSessions } from './kept-records.ts';

type Prisma = Database['prisma'];

/**
 * Writes all that is kept about a user as JSON, piece by piece; null when there is no such user.
 * docs/guides/deleting-and-exporting.md describes it. Of other people only ids and what
 * they wrote to the user; no secret, no digest.
 */
export async function writeAccountRecord(
  prisma: Prisma,
  userId: string,
  exportedAt: Date,
): Promise<AsyncIterable<string> | null> {
  const user = await prisma.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: {
      id: true,
      email: true,
      emailVerifiedAt: true,
      displayName: true,
      username: true,
      locale: true,
      timezone: true,
      status: true,
      suspendedUntil: true,
      deletionDueAt: true,
      lastSeenAt: true,
      createdAt: true,
      updatedAt: true,
      version: true,
      password: { select: { changedAt: true } },
      avatar: { select: { uploadedAt: true } },
      presence: { select: { chosen: true, told: true, changedAt: true } },
      roles: {
        select: { grantedAt: true, role: { select: { key: true, description: true } } },
        orderBy: { grantedAt: 'asc' },
      },
      dataExports: {
        select: { id: true, requestedAt: true, status: true, expiresAt: true },
        orderBy: { requestedAt: 'asc' },
      },
    },
  });
  if (user === null) return null;
  const { password, avatar, presence, roles, dataExports, ...profile } = user;
  return writeObject({
    format: 'latchkey-account',
    formatVersion: 1,
    exportedAt,
    profile,
    password,
    avatar: avatar && { ...avatar, file: avatarFile },
    presence,
    roles: roles.map(({ grantedAt, role }) => ({ ...role, grantedAt })),
    dataExports,
    sessions: readSessions(prisma, userId),
    mailRequests: readMailRequests(prisma, user),
    securityEvents: readEvents(prisma, userId, ['SECURITY', 'SESSION']),
    presenceEvents: readEvents(prisma, userId, ['PRESENCE']),
    auditEvents: readActs(prisma, userId),
    messages: readMessages(prisma, userId),
    blocks: readBlocks(prisma, userId),
  });
}

/** Name of the avatar in the archive. */
export const avatarFile = 'avatar.webp';
