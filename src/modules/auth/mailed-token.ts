import type { MailedTokenPurpose, Prisma } from '../../generated/prisma/client.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { InvalidTokenError, type TokenFault } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import type { AuthJobs } from './auth.jobs.ts';

/** What somebody asks a mail for. */
export interface MailedTokenRequest {
  purpose: MailedTokenPurpose;
  /** Where the mail goes. */
  email: string;
  userId?: string;
}

/** How long the link or code of a mail works, in seconds. */
const lifetimeSeconds = {
  RESET_PASSWORD: 30 * 60,
  SIGN_IN_CODE: 10 * 60,
  CHANGE_EMAIL: 60 * 60,
  ACCEPT_INVITE: 7 * 24 * 60 * 60,
} as const satisfies Record<MailedTokenPurpose, number>;

const keptAfterExpiryMs = 24 * 60 * 60 * 1000;

/** Keeps a request and asks for its mail, the same for every address; answers the id. */
export async function requestMailedToken(
  { transaction, enqueue }: Change<AuthJobs>,
  { ipAddress, userAgent }: Origin,
  request: MailedTokenRequest,
  now: Date,
): Promise<string> {
  await forgetOldRequests(transaction, now);
  const expiresAt = new Date(now.getTime() + lifetimeSeconds[request.purpose] * 1000);
  const { id } = await transaction.mailedToken.create({
    data: { ...request, ipAddress, userAgent, createdAt: now, expiresAt },
  });
  enqueue('mail', { kind: 'mailed-token', mailedTokenId: id });
  return id;
}

/** When requests ran out that are kept yet, so that their links say that they did. */
export function forgottenBefore(now: Date): Date {
  return new Date(now.getTime() - keptAfterExpiryMs);
}

async function forgetOldRequests(transaction: Transaction, now: Date): Promise<void> {
  // What others hold is left to the next one, or two could wait for each other in a circle.
  await transaction.$executeRaw`
    DELETE FROM mailed_token WHERE id IN (
      SELECT id FROM mailed_token WHERE expires_at < ${forgottenBefore(now)} FOR UPDATE SKIP LOCKED)`;
}

/** What a link or a code stands for, as far as its time goes. */
interface Openable {
  expiresAt: Date;
  /** When it was used or overtaken; those that are removed then have none. */
  consumedAt?: Date | null;
}

/** Tells what is wrong with a request whose link or code was right; null when nothing is. */
export function faultOf(request: Openable | null, now: Date): TokenFault | null {
  // The code over the id was right, so there was such a row once.
  if (request === null || request.consumedAt) return 'CONSUMED';
  return request.expiresAt <= now ? 'EXPIRED' : null;
}

/** Refuses what has been used, overtaken or not used in time: InvalidTokenError. */
export function requireOpen<Request extends Openable>(request: Request | null, now: Date): Request {
  const fault = faultOf(request, now);
  if (request === null || fault !== null) throw new InvalidTokenError(fault ?? 'CONSUMED');
  return request;
}

/** Uses up a request that was found open; InvalidTokenError for all but one of several at once. */
export async function consumeMailedToken(
  transaction: Transaction,
  id: string,
  now: Date,
): Promise<void> {
  const { count } = await transaction.mailedToken.updateMany({
    where: { id, consumedAt: null, expiresAt: { gt: now } },
    data: { consumedAt: now },
  });
  if (count === 0) throw new InvalidTokenError('CONSUMED');
}

/**
 * Makes void what a new password or address overtakes: links that would set yet another one for the
 * account, and codes that let in whoever read the mails before.
 */
export async function voidMailedTokens(
  transaction: Transaction,
  account: { userId: string; email: string },
  now: Date,
): Promise<void> {
  const { userId, email } = account;
  const overtaken = [
    { purpose: { in: ['RESET_PASSWORD', 'SIGN_IN_CODE', 'ACCEPT_INVITE'] }, email },
    { purpose: 'CHANGE_EMAIL', userId },
  ] satisfies Prisma.MailedTokenWhereInput[];
  await transaction.mailedToken.updateMany({
    where: { consumedAt: null, OR: overtaken },
    data: { consumedAt: now },
  });
}

/** Forgets the wrong codes that an address was tried with, so that the next right one is taken. */
export async function forgetWrongCodes(transaction: Transaction, email: string): Promise<void> {
  await transaction.mailedToken.updateMany({
    where: { email, purpose: 'SIGN_IN_CODE', failedTries: { gt: 0 } },
    data: { failedTries: 0 },
  });
}
