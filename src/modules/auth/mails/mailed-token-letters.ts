import type { MailedToken } from '../../../generated/prisma/client.ts';
import { issueOneTimeToken } from '../../../platform/one-time-token.ts';
import { signInCodeOf } from '../sign-in-code.ts';
import type { Letter, LetterParts } from './letter.ts';
import { maskAddress } from './masked-address.ts';

interface Reader {
  locale: string | null;
}

/**
 * Finds the letter with the link or code of a request, or one that says why there is none; nothing
 * for a request that is gone, used or out of time.
 */
export async function findMailedToken(parts: LetterParts, id: string): Promise<Letter[]> {
  const { prisma, clock } = parts;
  const request = await prisma.mailedToken.findUnique({
    where: { id, consumedAt: null, expiresAt: { gt: clock() } },
    include: { user: { select: { locale: true, email: true } } },
  });
  if (request === null) return [];
  const { email, user } = request;
  if (request.purpose === 'ACCEPT_INVITE') {
    return user?.email === email ? [inviteLetter(parts, request, user)] : [];
  }
  const account = await prisma.user.findUnique({ where: { email }, select: { locale: true } });
  return [
    request.purpose === 'CHANGE_EMAIL'
      ? changeEmailLetter(parts, request, { asker: user, account })
      : accountLetter(parts, request, account),
  ];
}

function accountLetter(
  { keyring }: LetterParts,
  request: MailedToken,
  account: Reader | null,
): Letter {
  const { id, email: to, expiresAt: until, purpose } = request;
  const asked = { ...request, at: request.createdAt };
  if (account === null) return { kind: 'no-account', to, locale: null, facts: { asked } };
  const letter = { to, locale: account.locale, facts: { asked, until } };
  if (purpose === 'SIGN_IN_CODE') {
    return { ...letter, kind: 'sign-in-code', code: signInCodeOf(keyring, id) };
  }
  const link = `/reset-password#token=${issueOneTimeToken(keyring, 'reset-password', id)}`;
  return { ...letter, kind: 'reset-password', link };
}

function inviteLetter(
  { keyring }: LetterParts,
  { id, email: to, expiresAt: until }: MailedToken,
  { locale }: Reader,
): Letter {
  const link = `/accept-invite#token=${issueOneTimeToken(keyring, 'accept-invite', id)}`;
  return { kind: 'invitation', to, locale, facts: { until }, link };
}

function changeEmailLetter(
  { keyring }: LetterParts,
  request: MailedToken,
  { asker, account }: { asker: Reader | null; account: Reader | null },
): Letter {
  const { id, email: to, expiresAt: until } = request;
  const asked = { ...request, at: request.createdAt };
  if (account !== null) {
    return { kind: 'address-taken', to, locale: account.locale, facts: { asked } };
  }
  const link = `/confirm-email-change#token=${issueOneTimeToken(keyring, 'change-email', id)}`;
  const locale = asker?.locale ?? null;
  return { kind: 'change-email', to, locale, facts: { asked, until }, link };
}

/** Finds the warning that an address is to be replaced; none once it has been: that is told apart. */
export async function findChangeWarning({ prisma }: LetterParts, id: string): Promise<Letter[]> {
  const request = await prisma.mailedToken.findUnique({ where: { id }, include: { user: true } });
  if (!request?.user || request.user.email === request.email) return [];
  const { email: to, locale } = request.user;
  const asked = { ...request, at: request.createdAt };
  const facts = { asked, newAddress: maskAddress(request.email) };
  return [{ kind: 'email-change-warning', to, locale, facts, link: '/reset-password' }];
}
