import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { emptyJob } from '../../platform/jobs/forget-jobs.ts';
import type { JobSettings } from '../../platform/jobs/job-settings.ts';
import type { JobHandler } from '../../platform/jobs/worker.ts';
import type { Keyring } from '../../platform/keyring.ts';
import { type MailTransport, messageIdOf } from '../../platform/mail/mail.ts';
import type { AuthMail } from './auth.jobs.ts';
import { findLetters } from './mails/find-letters.ts';
import { type MailSender, writeMail } from './mails/write-mail.ts';

/** How mails are worked: at once, for somebody waits, and for about a day against a deaf server. */
export const mailQueue: JobSettings = {
  retryLimit: 16,
  retryDelaySeconds: 5,
  retryDelayMaxSeconds: 4 * 60 * 60,
  timeoutSeconds: 240,
  concurrency: 2,
  urgent: true,
};

/** What the mail worker is built over. */
export interface MailWorkerParts {
  database: Pick<Database, 'prisma'>;
  transport: MailTransport;
  keyring: Keyring;
  clock: Clock;
  sender: MailSender;
  /** Told of each mail that was handed over, without its content. */
  onSent(mail: { kind: AuthMail['kind']; jobId: string }): void;
}

/** Builds the worker that looks up what an asked-for mail is to say, and sends it. */
export function createMailWorker(parts: MailWorkerParts): JobHandler<AuthMail> {
  const { transport, keyring, clock, sender } = parts;
  const letterParts = { prisma: parts.database.prisma, keyring, clock };
  return async (mail, { id: jobId, enqueuedAt, signal }) => {
    const letters = await findLetters(letterParts, mail, enqueuedAt);
    for (const [index, letter] of letters.entries()) {
      // Given up in the meantime: another worker has it, and would send it a second time.
      signal.throwIfAborted();
      const messageId = messageIdOf(`${jobId}.${index}`, sender.publicUrl);
      await transport.send({ ...writeMail(letter, sender), to: letter.to, messageId });
      parts.onSent({ kind: mail.kind, jobId });
    }
    // Or the address would outlive its account, or the use that was made of it.
    if (mail.kind === 'account-deleted' || mail.kind === 'verify-email-again')
      await emptyJob(parts.database, 'mail', jobId);
  };
}
