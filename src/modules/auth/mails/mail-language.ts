import { german } from './mail-texts.de.ts';
import { english } from './mail-texts.en.ts';
import type { Language, MailTexts } from './mail-texts.ts';

const languages = { en: english, de: german } satisfies Record<string, Language>;

// Where a tag says no more than the language.
const usualLocales: Record<MailLanguage, string> = { en: 'en-GB', de: 'de-DE' };

/** A language that there are mails in. */
export type MailLanguage = keyof typeof languages;

/** Lists the languages that there are mails in. */
export const mailLanguages = Object.keys(languages) as MailLanguage[];

/** The texts that a reader understands. */
export interface ReadersTexts {
  language: MailLanguage;
  texts: MailTexts;
}

/**
 * Finds the texts for a BCP 47 tag by look-up (RFC 4647 §3.4), in the given language when there are
 * none for it. Times are in UTC, written as in the tag's region.
 */
export function textsFor(locale: string | null, otherwise: MailLanguage): ReadersTexts {
  const spoken = mailLanguages.find(
    (language) => language === locale?.split('-')[0]?.toLowerCase(),
  );
  const language = spoken ?? otherwise;
  // Without extensions: nobody is to choose the calendar of somebody else's mail.
  const region =
    spoken && locale?.includes('-') ? new Intl.Locale(locale).baseName : usualLocales[language];
  const format = new Intl.DateTimeFormat(region, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return { language, texts: languages[language]((moment) => `${format.format(moment)} UTC`) };
}
