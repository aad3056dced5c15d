import { vi } from 'vitest';
import type { OutboxMail } from '../../src/platform/mail/outbox-transport.ts';
import type { TestApp } from './test-app.ts';

/**
 * Waits until the outbox holds that many mails to an address whose text matches; newest first. The
 * welcome, which every account gets at some moment, does not count.
 */
export async function mailsTo(
  { outbox, logged }: TestApp,
  email: string,
  count = 1,
  pattern = /./,
): Promise<OutboxMail[]> {
  for (;;) {
    // Asked for before looking, or a mail that arrives in between would be waited for in vain.
    const more = logged.nextLine();
    const mails = (await outbox.list()).filter(
      ({ to, subject, text }) => to === email && subject !== 'Welcome' && pattern.test(text),
    );
    if (mails.length >= count) return mails;
    await more;
  }
}

/** Waits for so many mails to an address that link to a page; answers the newest one's token. */
export async function mailedToken(
  testApp: TestApp,
  email: string,
  page: 'reset-password' | 'confirm-email-change' | 'accept-invite',
  count = 1,
): Promise<string> {
  const [mail] = await mailsTo(testApp, email, count, new RegExp(`/${page}#token=`));
  return tokenIn(mail);
}

const sixDigits = /^\s*(\d{6})\s*$/m;

/** Waits for so many mails to an address that carry a code; answers the newest one's code. */
export async function mailedCode(testApp: TestApp, email: string, count = 1): Promise<string> {
  const [mail] = await mailsTo(testApp, email, count, sixDigits);
  return sixDigits.exec(mail?.text ?? '')?.[1] ?? '';
}

/** Reads the token out of the link of a mail. */
export function tokenIn(mail: OutboxMail | undefined): string {
  const token = /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1];
  if (token === undefined) throw new Error('The mail has no link with a token.');
  return token;
}

/** Waits until every mail that was asked for so far is sent, or was found to be nothing to send. */
export async function allMailsWorked({ database }: TestApp): Promise<void> {
  // Where there was nothing to send, the row of the job is all that tells.
  const allWorked = async () => {
    const [open] = await database.prisma.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM pgboss.job
      WHERE state < 'completed' AND NOT (state = 'created' AND start_after > now())`;
    return open?.count === 0;
  };
  await vi.waitUntil(allWorked, { interval: 20, timeout: 20_000 });
}
