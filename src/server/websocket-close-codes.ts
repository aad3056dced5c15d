/** How a socket ends, as its client is told; docs/errors.md says what each asks of the client. */
export interface SocketEnding {
  readonly code: number;
  readonly reason: string;
}

/**
 * The endings that are not the protocol library's own. Clients built on graphql-ws come back after
 * 1012, 1013 and 4403, with a fresh token if they have one, and take the others for final.
 */
export const socketEndings = {
  serviceRestart: { code: 1012, reason: 'Service Restart' },
  tryAgainLater: { code: 1013, reason: 'Try Again Later' },
  tooMuch: { code: 1008, reason: 'Too many messages' },
  tooManyConnections: { code: 1008, reason: 'Too many connections' },
  badRequest: { code: 4400, reason: 'Invalid message received' },
  unauthorized: { code: 4401, reason: 'Unauthorized' },
  tokenExpired: { code: 4403, reason: 'token expired' },
  fault: { code: 4500, reason: 'Internal server error' },
} as const satisfies Record<string, SocketEnding>;
