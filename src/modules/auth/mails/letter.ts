import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Keyring } from '../../../platform/keyring.ts';

/** When something was asked for or done, and from where. */
export interface Occasion {
  at: Date;
  ipAddress: string | null;
  userAgent: string | null;
}

/** What each kind of mail tells, besides its link or code. */
export interface LetterFacts {
  'verify-email': { asked: Occasion; until: Date };
  'account-exists': { asked: Occasion };
  welcome: { name: string };
  'reset-password': { asked: Occasion; until: Date };
  invitation: { until: Date };
  'sign-in-code': { asked: Occasion; until: Date };
  'no-account': { asked: Occasion };
  'change-email': { asked: Occasion; until: Date };
  'address-taken': { asked: Occasion };
  /** `newAddress` is masked. */
  'email-change-warning': { asked: Occasion; newAddress: string };
  'new-device': { done: Occasion };
  'password-changed': { done: Occasion };
  'email-changed': { done: Occasion };
  'token-reused': { done: Occasion };
  'deletion-scheduled': { done: Occasion; dueAt: Date };
  'deletion-cancelled': { done: Occasion };
  /** `wished`: by its user. */
  'account-deleted': { at: Date; wished: boolean };
  'data-export-ready': { until: Date };
}

/** Names a kind of mail, as the preview does. */
export type LetterKind = keyof LetterFacts;

/** A mail before it is put into words. */
export type Letter = {
  [Kind in LetterKind]: {
    kind: Kind;
    to: string;
    /** What the recipient prefers, as a BCP 47 tag; null when nobody knows. */
    locale: string | null;
    facts: LetterFacts[Kind];
    /** What follows the app's address in the link; without, there is none. */
    link?: string;
    /** Digits to be typed. */
    code?: string;
  };
}[LetterKind];

/** What letters are made from. */
export interface LetterParts {
  prisma: Database['prisma'];
  keyring: Keyring;
  clock: Clock;
}
