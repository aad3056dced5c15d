import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/platform/database/database.ts';

/** Somebody with an account, and what mails can be about. */
export interface MailSubjects {
  user: { id: string; email: string };
  /** Makes a request for a mail that works for an hour. */
  request(
    purpose: 'RESET_PASSWORD' | 'SIGN_IN_CODE' | 'CHANGE_EMAIL',
    email: string,
    particulars?: { expiresAt?: Date; consumedAt?: Date },
  ): Promise<string>;
  /** Makes a sign-up that can be confirmed for an hour. */
  signUp(email: string, locale?: string): Promise<string>;
}

/** Where and with what the mails are asked for. */
export const place = {
  ipAddress: '192.0.2.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
};

/** Answers an address that nobody else has. */
export const anyEmail = () => `${randomUUID()}@example.org`;

/** Puts a user into the database who reads the language of the tag. */
export async function makeMailSubjects(
  { prisma }: Pick<Database, 'prisma'>,
  locale: string | null = null,
): Promise<MailSubjects> {
  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const account = { email: anyEmail(), displayName: 'Ada Lovelace', locale };
  const user = await prisma.user.create({ data: account });
  return {
    user,
    async request(purpose, email, particulars = {}) {
      const userId = purpose === 'CHANGE_EMAIL' ? user.id : null;
      const data = { purpose, email, userId, expiresAt: inAnHour(), ...place, ...particulars };
      return (await prisma.mailedToken.create({ data })).id;
    },
    async signUp(email, signUpLocale) {
      const typed = { email, displayName: 'Buy at spam.example', locale: signUpLocale ?? null };
      const data = { ...typed, passwordHash: '', expiresAt: inAnHour(), ...place };
      return (await prisma.signUp.create({ data })).id;
    },
  };
}
