import type { OutboxMail } from '../../src/platform/mail/outbox-transport.ts';
import type { TestApp } from './test-app.ts';

/** Waits until the outbox holds that many mails to an address; newest first. */
export async function mailsTo(
  { outbox, logged }: TestApp,
  email: string,
  count = 1,
): Promise<OutboxMail[]> {
  for (;;) {
    // Asked for before looking, or a mail that arrives in between would be waited for in vain.
    const more = logged.nextLine();
    const mails = (await outbox.list()).filter(({ to }) => to === email);
    if (mails.length >= count) return mails;
    await more;
  }
}
