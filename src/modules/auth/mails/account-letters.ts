import type { NoticeMail } from '../../session/security-notice.ts';
import type { Letter, LetterParts } from './letter.ts';

/** Finds the welcome to a new account; its name may be repeated, for its address is confirmed. */
export async function findWelcome({ prisma }: LetterParts, userId: string): Promise<Letter[]> {
  const user = await prisma.user.findUnique({ where: { id: userId, deletedAt: null } });
  if (user === null) return [];
  const { email: to, locale, displayName: name } = user;
  return [{ kind: 'welcome', to, locale, facts: { name }, link: '' }];
}

/** Finds the letter that tells what was done to an account. */
export async function findNotice(
  { prisma }: LetterParts,
  { userId, notice, to, ipAddress, userAgent }: NoticeMail,
  enqueuedAt: Date,
): Promise<Letter[]> {
  const user = await prisma.user.findUnique({ where: { id: userId, deletedAt: null } });
  if (user === null) return [];
  const facts = { done: { at: enqueuedAt, ipAddress, userAgent } };
  const letter = { to: to ?? user.email, locale: user.locale, facts };
  switch (notice) {
    case 'NEW_DEVICE':
      return [{ ...letter, kind: 'new-device', link: '/reset-password' }];
    case 'PASSWORD_CHANGED':
      return [{ ...letter, kind: 'password-changed', link: '/reset-password' }];
    case 'EMAIL_CHANGED':
      return [{ ...letter, kind: 'email-changed' }];
    case 'TOKEN_REUSED':
      return [{ ...letter, kind: 'token-reused', link: '/reset-password' }];
    default:
      return [];
  }
}
