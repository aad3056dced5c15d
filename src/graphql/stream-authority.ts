import type { ExecutionResult } from 'graphql';
import type { Viewer } from '../modules/role/viewer.ts';
import type { Caller, Identity } from './caller.ts';

/** Whether a stream would be opened now; else what would refuse it. */
export type Admission = 'allowed' | 'undecided' | ExecutionResult;

/** What is watched of a stream besides its events. */
export interface StreamAuthority {
  readonly caller: Caller;
  /** As whom it was opened. */
  readonly viewer: Viewer | null;
  /** Makes the last answer to a token or a session that has ended. */
  refuse(): ExecutionResult;
  /** Asks as if it were opened now. */
  askAgain(): Promise<Admission>;
}

/**
 * Ends a stream when its token runs out, when its session ends, and when its viewer has lost
 * something and would not be let in any more. Answers what stops the watch.
 */
export function watchAuthority(
  { caller, viewer, refuse, askAgain }: StreamAuthority,
  end: (refusal: ExecutionResult) => void,
): () => void {
  let allowedAs = viewer;
  let timer: NodeJS.Timeout | undefined;

  function onRenewal(): void {
    clearTimeout(timer);
    const remainingMs = caller.remainingMs();
    if (remainingMs !== null) timer = setTimeout(() => end(refuse()), remainingMs);
  }

  async function onRecheck({ viewer: present }: Identity): Promise<void> {
    if (present === null) return end(refuse());
    if (allowedAs === null || hasAllOf(present, allowedAs)) return;
    const admission = await askAgain();
    if (admission === 'allowed') allowedAs = present;
    // Where nobody can tell, the next event or recheck asks once more.
    else if (admission !== 'undecided') end(admission);
  }

  const leave = caller.listen({ onRenewal, onRecheck });
  onRenewal();
  return () => {
    leave();
    clearTimeout(timer);
  };
}

function hasAllOf(present: Viewer, former: Viewer): boolean {
  return (
    former.permissions.isSubsetOf(present.permissions) &&
    former.roleKeys.isSubsetOf(present.roleKeys)
  );
}
