import type { FactorType } from '../../generated/prisma/client.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { InvalidCredentialsError, InvalidTokenError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { announceAccessChange } from '../session/access-notice.ts';
import { isRunning, refreshable } from '../session/session-conditions.ts';
import type { RefreshableSession } from '../session/session-start.ts';
import type { ProvePassword } from './password-proof.ts';
import { holdPassword } from './password-rehash.ts';
import type { IssueTokens, SignedIn } from './token-pair.ts';

/**
 * Proves once more who the viewer is, which their session keeps for what needs a recent proof.
 * InvalidCredentialsError, RateLimitedError; InvalidTokenError when the session ended meanwhile.
 */
export type Reauthenticate = (
  origin: Origin,
  viewer: Viewer,
  password: string,
) => Promise<SignedIn>;

/** Builds `reauthenticate` over its parts. */
export function createReauthenticate(parts: {
  commit: Commit;
  provePassword: ProvePassword;
  issueTokens: IssueTokens;
}): Reauthenticate {
  const { commit, provePassword, issueTokens } = parts;
  return async (origin, { userId, sessionId }, password) => {
    const account = await provePassword(origin, userId, password);
    const session = await commit(origin, async (change) => {
      const { transaction, audit } = change;
      if (!(await holdPassword(change, account, null))) throw new InvalidCredentialsError();
      const proven = await noteProof(transaction, sessionId, 'PASSWORD');
      if (proven === null) throw new InvalidTokenError('REVOKED');
      announceAccessChange(change, { sessionId });
      audit({ action: 'session.reauthenticated', targetId: sessionId });
      return proven;
    });
    return issueTokens(session);
  };
}

/** Notes in a running session that its user has just proved who they are; null when it has ended. */
async function noteProof(
  transaction: Transaction,
  sessionId: string,
  factor: FactorType,
): Promise<RefreshableSession | null> {
  const [session] = await transaction.$queryRaw<RefreshableSession[]>`
    UPDATE session s SET authenticated_at = statement_timestamp(),
      amr = array_append(array_remove(amr, ${factor}::factor_type), ${factor}::factor_type)
    WHERE s.id = ${sessionId}::uuid AND ${isRunning}
    RETURNING ${refreshable}`;
  return session ?? null;
}
