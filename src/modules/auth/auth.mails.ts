import type { SignUp } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import type { JobSettings } from '../../platform/jobs/job-settings.ts';
import type { JobHandler } from '../../platform/jobs/worker.ts';
import type { Keyring } from '../../platform/keyring.ts';
import { type MailContent, type MailTransport, messageIdOf } from '../../platform/mail/mail.ts';
import { layOutMail } from '../../platform/mail/mail-layout.ts';
import { issueOneTimeToken } from '../../platform/one-time-token.ts';

/** A mail to be sent: ids and addresses only. Which mail it becomes is decided when it is sent. */
export type AuthMail =
  | { kind: 'verify-email'; signUpId: string }
  | { kind: 'verify-email-again'; email: string };

/** The background jobs of authentication. */
export interface AuthJobs {
  mail: AuthMail;
}

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
  publicUrl: string;
  appUrl: string;
  /** Told of each mail that was handed over, without its content. */
  onSent(mail: { kind: AuthMail['kind']; jobId: string }): void;
}

const maxMailsAgain = 3;

/** Builds the worker that looks up what an asked-for mail is to say, and sends it. */
export function createMailWorker(parts: MailWorkerParts): JobHandler<AuthMail> {
  const { prisma } = parts.database;
  return async (mail, { id: jobId, signal }) => {
    const signUps = await findOpenSignUps(prisma, mail, parts.clock());
    const email = mail.kind === 'verify-email-again' ? mail.email : signUps[0]?.email;
    if (email === undefined) return;
    const hasAccount = (await prisma.user.count({ where: { email } })) > 0;
    const contents = hasAccount
      ? [accountExistsMail(parts)]
      : signUps.map((signUp) => verifyEmailMail(parts, signUp));
    for (const [index, content] of contents.entries()) {
      // Given up in the meantime: another worker has it, and would send it a second time.
      signal.throwIfAborted();
      const messageId = messageIdOf(`${jobId}.${index}`, parts.publicUrl);
      await parts.transport.send({ ...content, to: email, messageId });
      parts.onSent({ kind: mail.kind, jobId });
    }
  };
}

function findOpenSignUps(prisma: Database['prisma'], mail: AuthMail, now: Date): Promise<SignUp[]> {
  const subject = mail.kind === 'verify-email' ? { id: mail.signUpId } : { email: mail.email };
  return prisma.signUp.findMany({
    where: { ...subject, expiresAt: { gt: now } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: maxMailsAgain,
  });
}

// Nothing that the stranger typed, such as a name, is repeated: the address may be somebody else's.
function verifyEmailMail(
  { keyring, appUrl, publicUrl }: MailWorkerParts,
  signUp: SignUp,
): MailContent {
  const token = issueOneTimeToken(keyring, 'verify-email', signUp.id);
  const where = signUp.ipAddress === null ? '' : ` from the network address ${signUp.ipAddress}`;
  return {
    subject: 'Confirm your e-mail address',
    ...layOutMail({
      language: 'en',
      sender: new URL(publicUrl).host,
      heading: 'Confirm your e-mail address',
      paragraphs: [
        `Somebody signed up with this address on ${minute(signUp.createdAt)}${where}.`,
        `If it was you, confirm the address to finish. The link works once, until ${minute(signUp.expiresAt)}.`,
      ],
      action: { label: 'Confirm the address', url: `${appUrl}/verify-email#token=${token}` },
      footer: ['If it was not you, do nothing: without the confirmation there is no account.'],
    }),
  };
}

/** Writes a time to the minute, e.g. `2026-11-21 09:30 UTC`. */
function minute(moment: Date): string {
  return moment.toISOString().replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC');
}

function accountExistsMail({ appUrl, publicUrl }: MailWorkerParts): MailContent {
  return {
    subject: 'You have an account already',
    ...layOutMail({
      language: 'en',
      sender: new URL(publicUrl).host,
      heading: 'You have an account already',
      paragraphs: [
        'Somebody signed up with this address, or asked for the confirmation mail again.',
        'There is an account with it already: sign in instead.',
      ],
      action: { label: 'Go to the sign-in', url: appUrl },
      footer: ['If it was not you, do nothing: the account is as it was.'],
    }),
  };
}
