/** Where a change comes from; what the audit trail keeps of it. */
export interface Origin {
  requestId: string;
  /** The user who acts; null for a stranger and for the server itself. */
  actorId: string | null;
  /** Address of the client as the trusted proxies report it. */
  ipAddress: string | null;
  /** As the client calls itself; bounded in length, not to be trusted. */
  userAgent: string | null;
}

/** Describes a change that the server makes of its own accord, such as creating the first admin. */
export function serverOrigin(task: string): Origin {
  return { requestId: `server/${task}`, actorId: null, ipAddress: null, userAgent: null };
}
