import { describe, expect, it } from 'vitest';
import { type MailLanguage, mailLanguages } from '../../src/modules/auth/mails/mail-language.ts';
import { letterKinds, sampleLetter } from '../../src/modules/auth/mails/sample-letters.ts';
import { writeMail } from '../../src/modules/auth/mails/write-mail.ts';

const appUrl = 'https://app.example.com/account';
const sender = (mailLanguage: MailLanguage) => ({
  publicUrl: 'https://accounts.example.com',
  appUrl,
  mailLanguage,
});
const write = (kind: (typeof letterKinds)[number], locale: string | null, usual: MailLanguage) =>
  writeMail(sampleLetter(kind, locale), sender(usual));

const everyMail = mailLanguages.flatMap((language) =>
  letterKinds.map((kind) => ({ language, kind })),
);

/** Who reads these knows where they come from, or is gone. */
const placeless = new Set(['welcome', 'invitation', 'account-deleted', 'data-export-ready']);

describe('the texts of the mails', () => {
  it.each(everyMail)('say $kind in $language, as text and as HTML', ({ kind, language }) => {
    const { subject, text, html } = write(kind, language, 'en');
    const { link, code } = sampleLetter(kind, language);
    expect(html).toContain(`<html lang="${language}"`);
    expect(text.startsWith(`${subject}\n\n`)).toBe(true);
    expect(`${text}${html}`).not.toMatch(/undefined|null|\[object|NaN|Invalid/);
    // Nothing of a link is told in passing.
    expect(text.match(/https?:\S+/g) ?? []).toEqual(link === undefined ? [] : [`${appUrl}${link}`]);
    if (code !== undefined) expect([text, html].every((form) => form.includes(code))).toBe(true);
  });

  it('lead nowhere at a server that has no app, but to its own pages', () => {
    const publicUrl = 'https://auth.example.com';
    const own = { publicUrl, appUrl: publicUrl, mailLanguage: 'en' as const };
    expect(writeMail(sampleLetter('welcome', 'en'), own).text).not.toContain('https:');
    expect(writeMail(sampleLetter('invitation', 'en'), own).text).toContain(`${publicUrl}/accept`);
  });

  it.each(letterKinds.filter((kind) => !placeless.has(kind)))(
    'name in %s when it was asked for or done, from where and with what',
    (kind) => {
      expect(write(kind, 'en', 'en').text).toContain(
        'on 21 November 2026 at 09:30 UTC, from the network address 192.0.2.7, with Firefox on Linux',
      );
      expect(write(kind, 'de', 'en').text).toContain(
        'am 21. November 2026 um 09:30 UTC, von der Netzadresse 192.0.2.7, mit Firefox unter Linux',
      );
    },
  );

  it('have a subject of their own in each language', () => {
    const subjects = everyMail.map(({ kind, language }) => write(kind, language, 'en').subject);
    expect(new Set(subjects).size).toBe(everyMail.length);
  });

  it('say nothing of place and device where nothing is known', () => {
    const letter = sampleLetter('no-account', 'en');
    const asked = { at: new Date(0), ipAddress: null, userAgent: 'spam.example' };
    const { text } = writeMail({ ...letter, kind: 'no-account', facts: { asked } }, sender('en'));
    expect(text).toContain('asked for a new password, on 1 January 1970 at 00:00 UTC.');
  });

  it('escape a name', () => {
    const letter = { ...sampleLetter('welcome', 'en'), kind: 'welcome' as const };
    const { html } = writeMail({ ...letter, facts: { name: '<img src=x>"&' } }, sender('en'));
    expect(html).toContain('Hello &lt;img src=x&gt;&quot;&amp;,');
    expect(html).not.toContain('<img');
  });
});

describe('the language of a mail', () => {
  it.each<[string | null, MailLanguage, MailLanguage, string]>([
    ['de', 'en', 'de', '21. November 2026'],
    ['de-AT', 'en', 'de', '21. November 2026'],
    ['DE-at', 'en', 'de', '21. November 2026'],
    ['de-Latn-CH-1996', 'en', 'de', '21. November 2026'],
    ['de-DE-u-ca-islamic-nu-arab', 'en', 'de', '21. November 2026'],
    ['en', 'de', 'en', '21 November 2026'],
    ['en-US', 'de', 'en', 'November 21, 2026'],
    ['en-AU', 'de', 'en', '21 November 2026'],
    ['pt-BR', 'en', 'en', '21 November 2026'],
    ['pt-BR', 'de', 'de', '21. November 2026'],
    ['den', 'en', 'en', '21 November 2026'],
    ['und-DE', 'en', 'en', '21 November 2026'],
    [null, 'en', 'en', '21 November 2026'],
    [null, 'de', 'de', '21. November 2026'],
  ])('for %s, or else %s, is %s', (locale, otherwise, language, date) => {
    const { text, html } = write('no-account', locale, otherwise);
    expect(html).toContain(`<html lang="${language}"`);
    expect(text).toContain(date);
  });
});
