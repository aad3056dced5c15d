/**
 * Every act that is written down, with the type of what it is done to; null where that is nothing, or
 * nothing that a query answers with. docs/guides/audit-log.md explains them.
 */
export const auditActions = {
  'data-export.downloaded': 'DataExport',
  'data-export.requested': 'DataExport',
  'message.broadcast': 'Message',
  'password.changed': 'User',
  'password.proof-refused': 'User',
  'password.rehashed': 'User',
  'password.reset': 'User',
  'password.reset-requested': null,
  'role.created': 'Role',
  'role.deleted': 'Role',
  'role.updated': 'Role',
  'server.first-admin-created': null,
  'server.sample-accounts-created': null,
  'session.ended': 'Session',
  'session.reauthenticated': 'Session',
  'session.started': 'Session',
  'sign-in.code-requested': null,
  'sign-in.refused': 'User',
  'sign-up.confirmed': null,
  'sign-up.mail-requested': null,
  'sign-up.requested': null,
  'signing-key.created': null,
  'signing-key.rotated': null,
  'user.avatar-changed': 'User',
  'user.blocked': 'User',
  'user.created': 'User',
  'user.deleted': 'User',
  'user.deletion-cancelled': 'User',
  'user.deletion-scheduled': 'User',
  'user.email-change-requested': 'User',
  'user.email-changed': 'User',
  'user.invite-accepted': 'User',
  'user.invited': 'User',
  'user.profile-updated': 'User',
  'user.restored': 'User',
  'user.roles-changed': 'User',
  'user.sessions-revoked': 'User',
  'user.suspended': 'User',
  'user.unblocked': 'User',
  'user.unlocked': 'User',
  'user.updated': 'User',
} as const satisfies Record<string, string | null>;

/** The name of an act: its subject, a dot and what became of it. */
export type AuditAction = keyof typeof auditActions;

const targets = new Map<string, string | null>(Object.entries(auditActions));

/** Names the type of an act's target; null also for acts that this version does not know. */
export function targetTypeOf(action: string): string | null {
  return targets.get(action) ?? null;
}
