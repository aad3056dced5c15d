import { MailError, type MailTransport } from './mail.ts';

const refuse = async () => {
  throw new MailError('No mail server is configured.', 'ENOSERVER', true);
};

/** Stands where no mail server is configured: refuses every mail for good. */
export const noTransport: MailTransport = { send: refuse, close: () => {} };
