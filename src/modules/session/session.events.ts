import { z } from 'zod';
import type { LoggedEvent } from '../../generated/prisma/client.ts';
import { RevokeReason } from '../../generated/prisma/enums.ts';
import type { NewEvent } from '../../platform/event-log/append.ts';

const securityNoticeKinds = [
  'NEW_DEVICE',
  'PASSWORD_CHANGED',
  'EMAIL_CHANGED',
  'TOKEN_REUSED',
] as const;

/** What a user is warned of. */
export type SecurityNoticeKind = (typeof securityNoticeKinds)[number];

const revocation = z.object({ sessionId: z.string(), reason: z.enum(RevokeReason) });
const notice = z.object({ kind: z.enum(securityNoticeKinds), sessionId: z.string().optional() });

/** Describes the end of a session for the event log. */
export function sessionRevoked(
  session: { id: string; userId: string },
  reason: RevokeReason,
): NewEvent {
  const { id: sessionId, userId } = session;
  return { topic: 'SESSION', type: 'SessionRevoked', userId, data: { sessionId, reason } };
}

/** Reads the end of a session out of the log. */
export function readSessionRevoked({ data }: LoggedEvent) {
  return revocation.parse(data);
}

/** Describes a warning to a user for the event log; about a session, where one is concerned. */
export function securityNotice(
  kind: SecurityNoticeKind,
  userId: string,
  sessionId?: string,
): NewEvent {
  const data = { kind, ...(sessionId !== undefined && { sessionId }) };
  return { topic: 'SECURITY', type: 'SecurityNotice', userId, data };
}

/** Reads a warning out of the log. */
export function readSecurityNotice({ data }: LoggedEvent) {
  return notice.parse(data);
}
