import type { AuthMail } from '../auth.jobs.ts';
import { findNotice, findWelcome } from './account-letters.ts';
import type { Letter, LetterParts } from './letter.ts';
import { findChangeWarning, findMailedToken } from './mailed-token-letters.ts';
import { findPrivacyLetters } from './privacy-letters.ts';
import { findSignUpLetters } from './sign-up-letters.ts';

/** Looks up what an asked-for mail is to say by now; there may be nothing to say any more. */
export async function findLetters(
  parts: LetterParts,
  mail: AuthMail,
  enqueuedAt: Date,
): Promise<Letter[]> {
  switch (mail.kind) {
    case 'verify-email':
    case 'verify-email-again':
      return findSignUpLetters(parts, mail, enqueuedAt);
    case 'mailed-token':
      return findMailedToken(parts, mail.mailedTokenId);
    case 'email-change-warning':
      return findChangeWarning(parts, mail.mailedTokenId);
    case 'welcome':
      return findWelcome(parts, mail.userId);
    case 'security-notice':
      return findNotice(parts, mail, enqueuedAt);
    case 'deletion-scheduled':
    case 'deletion-cancelled':
    case 'account-deleted':
    case 'data-export-ready':
      return findPrivacyLetters(parts, mail, enqueuedAt);
    default:
      // Asked for by a release that knows more: tried again until an instance of that one takes it.
      throw new Error('This release does not know such a mail.');
  }
}
