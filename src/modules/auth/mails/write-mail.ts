import type { MailContent } from '../../../platform/mail/mail.ts';
import { layOutMail } from '../../../platform/mail/mail-layout.ts';
import type { Letter, LetterFacts } from './letter.ts';
import { type MailLanguage, textsFor } from './mail-language.ts';
import type { MailTexts, MailWords } from './mail-texts.ts';

/** Who writes. */
export interface MailSender {
  publicUrl: string;
  /** Where links lead, without a slash at its end. */
  appUrl: string;
  /** For readers whose language is unknown or not among ours. */
  mailLanguage: MailLanguage;
}

/** Puts a letter into its reader's language. */
export function writeMail(letter: Letter, sender: MailSender): MailContent {
  const { language, texts } = textsFor(letter.locale, sender.mailLanguage);
  const { subject, paragraphs, action, footer } = wordsOf(texts, letter);
  const { link, code } = letter;
  return {
    subject,
    ...layOutMail({
      language,
      sender: new URL(sender.publicUrl).host,
      heading: subject,
      paragraphs,
      ...(code !== undefined && { code }),
      ...(action !== undefined &&
        link !== undefined &&
        leadsSomewhere(link, sender) && {
          action: { label: action, url: `${sender.appUrl}${link}` },
        }),
      footer,
    }),
  };
}

/** The server has pages for links of its own, but nothing at its root to send people to. */
function leadsSomewhere(link: string, { publicUrl, appUrl }: MailSender): boolean {
  return link !== '' || new URL(appUrl).origin !== new URL(publicUrl).origin;
}

// The kinds of texts and facts are tied to each other, which only a type parameter can say.
function wordsOf<Kind extends keyof LetterFacts>(
  texts: MailTexts,
  { kind, facts }: { kind: Kind; facts: LetterFacts[Kind] },
): MailWords {
  return texts[kind](facts);
}
