import type { LetterFacts, LetterKind, Occasion } from './letter.ts';

/** The words of a mail. */
export interface MailWords {
  /** Its heading, too. */
  subject: string;
  paragraphs: string[];
  /** What its link says. */
  action?: string;
  /** Small print, one line each. */
  footer: string[];
}

/** What a language has to say; a kind of mail that it lacks fails the type check. */
export type MailTexts = {
  [Kind in LetterKind]: (facts: LetterFacts[Kind]) => MailWords;
};

/** Writes a moment to the minute, with its time zone. */
export type WriteDate = (moment: Date) => string;

/** Writes when something was asked for or done, from where and with what. */
export type WriteOccasion = (occasion: Occasion) => string;

/** What a language has to say of some kinds of mail. */
export type SomeTexts<Kind extends LetterKind> = (
  date: WriteDate,
  when: WriteOccasion,
) => Pick<MailTexts, Kind>;

/** The kinds of mail about what is kept of a person, and until when. */
export type PrivacyKind =
  | 'deletion-scheduled'
  | 'deletion-cancelled'
  | 'account-deleted'
  | 'data-export-ready';

/** Puts a language's texts together over the way in which the reader's country writes dates. */
export type Language = (date: WriteDate) => MailTexts;
