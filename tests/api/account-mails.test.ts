import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthMail } from '../../src/modules/auth/auth.jobs.ts';
import { createMailWorker } from '../../src/modules/auth/auth.mails.ts';
import { signInCodeOf } from '../../src/modules/auth/sign-in-code.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import type { OutboxMail } from '../../src/platform/mail/outbox-transport.ts';
import { issueOneTimeToken } from '../../src/platform/one-time-token.ts';
import { anyEmail, type MailSubjects, makeMailSubjects, place } from '../support/mail-subjects.ts';
import { secretKey, useTestApp } from '../support/test-app.ts';

const keyring = createKeyring(secretKey, null);
const enqueuedAt = new Date('2026-11-21T09:30:00Z');

describe('a mail about an account', () => {
  const testApp = useTestApp({ MAIL_LANGUAGE: 'de' });
  let subjects: MailSubjects;
  beforeEach(async () => {
    subjects = await makeMailSubjects(testApp.database, 'en-GB');
  });

  /** Works a job for a mail; answers what was sent. */
  async function sentFor(mail: AuthMail): Promise<OutboxMail[]> {
    const { database, outbox, clock, config } = testApp;
    const before = new Set((await outbox.list()).map(({ id }) => id));
    const transport = outbox;
    const parts = { database, transport, keyring, clock: clock.now, sender: config };
    const { signal } = new AbortController();
    const job = { id: randomUUID(), attempt: 1, enqueuedAt, signal };
    await createMailWorker({ ...parts, onSent: () => {} })(mail, job);
    return (await outbox.list()).filter(({ id }) => !before.has(id));
  }
  const requested = async (...request: Parameters<MailSubjects['request']>) => {
    const mailedTokenId = await subjects.request(...request);
    const mails = await sentFor({ kind: 'mailed-token', mailedTokenId });
    return { mailedTokenId, mails, text: mails.map(({ text }) => text).join() };
  };

  it('carries the link that resets a password, and the language of the user', async () => {
    const { email } = subjects.user;
    const { mailedTokenId, mails, text } = await requested('RESET_PASSWORD', email);
    expect(mails).toMatchObject([{ to: email, subject: 'Choose a new password' }]);
    const token = issueOneTimeToken(keyring, 'reset-password', mailedTokenId);
    expect(text).toContain(`${testApp.config.appUrl}/reset-password#token=${token}\n`);
    expect(text).toContain('from the network address 192.0.2.7, with Firefox on Linux.');
  });

  it('carries the code that signs in', async () => {
    const { email } = subjects.user;
    const { mailedTokenId, mails, text } = await requested('SIGN_IN_CODE', email);
    expect(mails).toMatchObject([{ to: email, subject: 'Your sign-in code' }]);
    expect(text).toContain(`\n\n${signInCodeOf(keyring, mailedTokenId)}\n\n`);
    expect(text).not.toContain('http');
  });

  it.each(['RESET_PASSWORD', 'SIGN_IN_CODE'] as const)(
    'carries nothing to try where nobody has an account, in the usual language: %s',
    async (purpose) => {
      const email = anyEmail();
      const { mails, text } = await requested(purpose, email);
      expect(mails).toMatchObject([{ to: email, subject: 'Sie haben hier kein Konto' }]);
      expect(text).not.toMatch(/http|\d{6}|Mozilla|Gecko/);
    },
  );

  it('carries the link that confirms a new address, in the language of who asked', async () => {
    const email = anyEmail();
    const { mailedTokenId, mails, text } = await requested('CHANGE_EMAIL', email);
    expect(mails).toMatchObject([{ to: email, subject: 'Confirm your new e-mail address' }]);
    const token = issueOneTimeToken(keyring, 'change-email', mailedTokenId);
    expect(text).toContain(`${testApp.config.appUrl}/confirm-email-change#token=${token}\n`);
    expect(text).not.toContain('Ada');
  });

  it('tells the owner of an address that it cannot be taken, without a link', async () => {
    const other = await makeMailSubjects(testApp.database, 'de');
    const { mails, text } = await requested('CHANGE_EMAIL', other.user.email);
    expect(mails).toMatchObject([{ subject: 'Diese Adresse hat schon ein Konto' }]);
    expect(text).not.toContain('http');
  });

  it.each([
    ['expired', { expiresAt: new Date(0) }],
    ['was used', { consumedAt: new Date() }],
  ])('is not sent once the request %s', async (_state, particulars) => {
    const { mails } = await requested('RESET_PASSWORD', subjects.user.email, particulars);
    expect(mails).toEqual([]);
  });

  it.each<AuthMail>([
    { kind: 'mailed-token', mailedTokenId: randomUUID() },
    { kind: 'email-change-warning', mailedTokenId: randomUUID() },
    { kind: 'verify-email', signUpId: randomUUID() },
    { kind: 'welcome', userId: randomUUID() },
    { kind: 'security-notice', notice: 'PASSWORD_CHANGED', userId: randomUUID(), ...place },
  ])('is not sent when there is nothing that it is about: $kind', async (mail) => {
    expect(await sentFor(mail)).toEqual([]);
  });

  it('is left to an instance of a later release that knows it', async () => {
    const mail = { kind: 'of-a-later-release' } as unknown as AuthMail;
    await expect(sentFor(mail)).rejects.toThrow('does not know such a mail');
  });

  it('warns the present address of a change, without naming the other', async () => {
    const { email, id } = subjects.user;
    const newEmail = 'buy.now@spam.example.com';
    const mailedTokenId = await subjects.request('CHANGE_EMAIL', newEmail);
    const mail = { kind: 'email-change-warning', mailedTokenId } as const;
    const [warning] = await sentFor(mail);
    expect(warning).toMatchObject({ to: email, subject: 'Your e-mail address is to change' });
    expect(warning?.text).toContain('b***@s***.com');
    expect(warning?.text).not.toMatch(/spam|token=/);
    await testApp.database.prisma.user.update({ where: { id }, data: { email: newEmail } });
    expect(await sentFor(mail)).toEqual([]);
  });

  it('welcomes by name', async () => {
    const [mail] = await sentFor({ kind: 'welcome', userId: subjects.user.id });
    expect(mail).toMatchObject({ to: subjects.user.email, subject: 'Welcome' });
    expect(mail?.text).toContain('Hello Ada Lovelace,');
  });

  it.each([
    ['NEW_DEVICE', 'New sign-in to your account', true],
    ['PASSWORD_CHANGED', 'Your password was changed', true],
    ['EMAIL_CHANGED', 'Your e-mail address was changed', false],
    ['TOKEN_REUSED', 'A session of yours was ended', true],
  ] as const)('tells of %s, when and from where', async (notice, subject, helps) => {
    const { id: userId, email } = subjects.user;
    const mail = { kind: 'security-notice', notice, userId, ...place } as const;
    const [sent] = await sentFor(mail);
    expect(sent).toMatchObject({ to: email, subject });
    expect(sent?.text).toContain('on 21 November 2026 at 09:30 UTC, from the network address');
    expect(sent?.text.includes(`${testApp.config.appUrl}/reset-password\n`)).toBe(helps);
    const [elsewhere] = await sentFor({ ...mail, to: 'old@example.org' });
    expect(elsewhere).toMatchObject({ to: 'old@example.org', subject });
  });

  it('still reaches a user who is suspended', async () => {
    const { id, email } = subjects.user;
    await testApp.database.prisma.user.update({ where: { id }, data: { status: 'SUSPENDED' } });
    expect((await requested('RESET_PASSWORD', email)).mails).toHaveLength(1);
    const notice = { notice: 'PASSWORD_CHANGED', userId: id, ...place } as const;
    expect(await sentFor({ kind: 'security-notice', ...notice })).toHaveLength(1);
  });

  it('to confirm a sign-up is in the language that was chosen there', async () => {
    const email = anyEmail();
    const signUpId = await subjects.signUp(email, 'en-AU');
    await subjects.signUp(email, 'pt-BR');
    expect(await sentFor({ kind: 'verify-email', signUpId })).toMatchObject([
      { subject: 'Confirm your e-mail address' },
    ]);
    const again = await sentFor({ kind: 'verify-email-again', email });
    expect(again.map(({ subject }) => subject).toSorted()).toEqual([
      'Bestätigen Sie Ihre E-Mail-Adresse',
      'Confirm your e-mail address',
    ]);
  });

  it('says to the owner of an account who asked for a confirmation again, and copes with older jobs', async () => {
    const mail = { kind: 'verify-email-again', email: subjects.user.email } as const;
    const [told] = await sentFor({ ...mail, ...place });
    expect(told?.text).toContain('09:30 UTC, from the network address 192.0.2.7, with Firefox');
    const [older] = await sentFor(mail);
    expect(older?.text).toContain('again, on 21 November 2026 at 09:30 UTC.');
  });
});
