import { createTransport } from 'nodemailer';
import { assertSendable, MailError, type MailTransport } from './mail.ts';

/** How mails reach the SMTP server. */
export interface SmtpSettings {
  /** `smtp://` (STARTTLS where offered; required when there are credentials) or `smtps://`. */
  url: string;
  /** What recipients see as the sender, e.g. `Latchkey <no-reply@example.org>`. */
  from: string;
  /** How long connecting, the greeting and each answer may take. */
  answerTimeoutMs: number;
  /** How long a mail may take altogether, however slowly the server goes on answering. */
  sendTimeoutMs: number;
}

/** Opens a transport to an SMTP server; connects anew for each mail, nothing before the first. */
export function createSmtpTransport(settings: SmtpSettings): MailTransport {
  const url = new URL(settings.url);
  const transport = createTransport(
    {
      url: settings.url,
      requireTLS: url.protocol === 'smtp:' && url.username !== '',
      connectionTimeout: settings.answerTimeoutMs,
      greetingTimeout: settings.answerTimeoutMs,
      socketTimeout: settings.answerTimeoutMs,
      dnsTimeout: settings.answerTimeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from: settings.from },
  );
  return {
    async send(mail) {
      assertSendable(mail);
      try {
        await transport.sendMail({
          // As an object it is one recipient: a string would be parsed as a list.
          to: { name: '', address: mail.to },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: mail.messageId,
          // Keeps holiday notices from answering (RFC 3834 §5).
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.timeout(settings.sendTimeoutMs),
        });
      } catch (error) {
        throw asMailError(error);
      }
    },
    close: () => transport.close(),
  };
}

/** What nodemailer tells about a failure. */
interface SmtpFailure {
  code?: unknown;
  name?: unknown;
  command?: unknown;
  responseCode?: unknown;
  permanent?: unknown;
}

/**
 * Tells a refusal of this recipient or this mail, which stays, from a fault of the server or of
 * our account with it, which passes or which the operator mends. The cause is left out: servers
 * repeat the address in their answers.
 */
function asMailError(error: unknown): MailError {
  const failure: SmtpFailure = typeof error === 'object' && error !== null ? error : {};
  const reply = typeof failure.responseCode === 'number' ? failure.responseCode : null;
  const aboutThisMail = failure.command === 'RCPT TO' || failure.command === 'DATA';
  // 530: the server wants TLS or a sign-in first (RFC 4954 §6).
  if (failure.permanent === true && aboutThisMail && reply !== 530) {
    return new MailError('The mail server refused the mail.', String(reply), true);
  }
  const code = reply ?? failure.code ?? failure.name ?? 'UNKNOWN';
  return new MailError('The mail server did not take the mail.', String(code), false);
}
