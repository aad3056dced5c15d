import type { Origin } from '../../platform/origin.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import { type SecurityNoticeKind, securityNotice } from './session.events.ts';

/** A mail that warns a user of what was done to their account, when and from where. */
export interface NoticeMail {
  kind: 'security-notice';
  notice: SecurityNoticeKind;
  userId: string;
  /** Where it goes, if not to the address that the account has when it is sent. */
  to?: string;
  ipAddress: string | null;
  userAgent: string | null;
}

/** The background jobs that a warning needs. */
export interface NoticeJobs {
  mail: NoticeMail;
}

/** What a user is warned of. */
export interface Warning {
  kind: SecurityNoticeKind;
  userId: string;
  /** The session that it is about, if it is about one. */
  sessionId?: string;
  /** Where the mail goes, if not to the user's address. */
  to?: string;
  /** Without a mail, where there were enough of them. */
  isMailed?: boolean;
}

/** Warns a user, as part of a change: by an event in the log and by mail. */
export function warnUser(
  { emit, enqueue }: Change<NoticeJobs>,
  { ipAddress, userAgent }: Origin,
  { kind, userId, sessionId, to, isMailed = true }: Warning,
): void {
  emit(securityNotice(kind, userId, sessionId));
  if (!isMailed) return;
  const recipient = { userId, ...(to !== undefined && { to }) };
  enqueue('mail', { kind: 'security-notice', notice: kind, ...recipient, ipAddress, userAgent });
}
