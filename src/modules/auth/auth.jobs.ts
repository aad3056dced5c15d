import type { NoticeMail } from '../session/security-notice.ts';

/**
 * A mail to be sent: ids, addresses and circumstances only. Which mail it becomes, and whether there
 * is one at all, is decided when it is sent.
 */
export type AuthMail =
  | { kind: 'verify-email'; signUpId: string }
  | {
      kind: 'verify-email-again';
      email: string;
      ipAddress?: string | null;
      userAgent?: string | null;
    }
  | { kind: 'welcome'; userId: string }
  /** Carries the link or code of a mailed token to the address of its row. */
  | { kind: 'mailed-token'; mailedTokenId: string }
  /** Tells the address that an account has now that another one is to take its place. */
  | { kind: 'email-change-warning'; mailedTokenId: string }
  | NoticeMail
  | PrivacyMail;

/** A mail about what is kept of a person, and until when. */
export type PrivacyMail =
  | {
      kind: 'deletion-scheduled' | 'deletion-cancelled';
      userId: string;
      ipAddress: string | null;
      userAgent: string | null;
    }
  /** To the address that an account had; emptied once it is sent. */
  | { kind: 'account-deleted'; to: string; locale: string | null; wished: boolean }
  | { kind: 'data-export-ready'; dataExportId: string };

/** The background jobs of authentication. */
export interface AuthJobs {
  mail: AuthMail;
}
