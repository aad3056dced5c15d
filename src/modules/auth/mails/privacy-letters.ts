import type { PrivacyMail } from '../auth.jobs.ts';
import type { Letter, LetterParts } from './letter.ts';

/** Finds the letter about what is kept of a person; none where it is not so any more. */
export async function findPrivacyLetters(
  { prisma }: LetterParts,
  mail: PrivacyMail,
  enqueuedAt: Date,
): Promise<Letter[]> {
  if (mail.kind === 'account-deleted') {
    const { kind, to, locale, wished } = mail;
    return [{ kind, to, locale, facts: { at: enqueuedAt, wished } }];
  }
  if (mail.kind === 'data-export-ready') {
    const ready = await prisma.dataExport.findUnique({
      where: { id: mail.dataExportId },
      include: { user: true },
    });
    if (!ready?.expiresAt) return [];
    const { email: to, locale } = ready.user;
    return [{ kind: mail.kind, to, locale, facts: { until: ready.expiresAt }, link: '' }];
  }
  const { kind, userId, ipAddress, userAgent } = mail;
  const user = await prisma.user.findUnique({ where: { id: userId, deletedAt: null } });
  if (user === null) return [];
  const { email: to, locale, deletionDueAt: dueAt } = user;
  const done = { at: enqueuedAt, ipAddress, userAgent };
  if (kind === 'deletion-cancelled') {
    return [{ kind, to, locale, facts: { done }, link: '/reset-password' }];
  }
  return dueAt === null ? [] : [{ kind, to, locale, facts: { done, dueAt }, link: '' }];
}
