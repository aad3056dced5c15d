/** A mail to one recipient, ready to be sent. */
export interface Mail {
  /** One bare address, e.g. `ada@example.org`. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** With angle brackets; the same on every try, so that a mail delivered twice can be told. */
  messageId: string;
}

/** The parts of a mail that a template writes. */
export type MailContent = Pick<Mail, 'subject' | 'text' | 'html'>;

/** Hands mails over to whoever delivers them. */
export interface MailTransport {
  /** Resolves once the mail is accepted; rejects with a MailError, in bounded time. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** A mail was not accepted. Neither message nor code carries an address. */
export class MailError extends Error {
  override readonly name = 'MailError';
  /** SMTP reply code such as `550`, or how the connection failed, e.g. `ETIMEDOUT`. */
  readonly code: string;
  /** Whether the same mail would be refused again, so that another try is pointless. */
  readonly permanent: boolean;

  constructor(message: string, code: string, permanent: boolean, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.permanent = permanent;
  }
}

/** Derives the Message-ID of a job's mail; `origin` is the server's public URL. */
export function messageIdOf(jobId: string, origin: string): string {
  return `<${jobId}@${new URL(origin).hostname.replace(/[[\]]/g, '')}>`;
}

// C0, DEL, C1, and the two separators that some readers take for a line break.
const controlCharacter = /[\p{Cc}\u2028\u2029]/u;
const bareAddress = /^[^\s@<>()[\],;:\\"]{1,64}@[^\s@<>()[\],;:\\"]{1,255}$/;
const messageIdSyntax = /^<[\w.!#$%&'*+/=?^`{|}~-]+@[\w.:-]+>$/;

/**
 * Refuses a mail whose header fields could become more fields or more recipients (RFC 5322
 * §2.2: a line break ends a field, a comma starts another address).
 */
export function assertSendable(mail: Mail): void {
  if (!bareAddress.test(mail.to) || controlCharacter.test(mail.to)) {
    throw new MailError('The recipient is not one bare address.', 'EADDRESS', true);
  }
  if (controlCharacter.test(mail.subject)) {
    throw new MailError('The subject is not a single line.', 'ESUBJECT', true);
  }
  if (!messageIdSyntax.test(mail.messageId)) {
    throw new MailError('The message id is malformed.', 'EMESSAGEID', true);
  }
}
