import type { Caller, Identity } from '../graphql/caller.ts';
import type { HeldCallers } from '../graphql/held-callers.ts';
import { type SocketEnding, socketEndings } from './websocket-close-codes.ts';

/** What there is to a socket that is held. */
interface HeldSocket {
  /** Closes it as soon as no answer is owed. */
  retire(ending: SocketEnding): void;
  /** Settled when it closes or is cut off. */
  readonly ended: Promise<unknown>;
}

/** Keeps a socket for as long as its caller may hold it; false when they hold too many. */
export function holdSocket(
  heldCallers: Pick<HeldCallers, 'hold'>,
  caller: Caller,
  { retire, ended }: HeldSocket,
): boolean {
  const giveUp = () => retire(socketEndings.tryAgainLater);
  const release = heldCallers.hold({ caller, giveUp });
  if (release === 'full') return false;
  let expiry: NodeJS.Timeout | undefined;

  function onRenewal(): void {
    clearTimeout(expiry);
    const remainingMs = caller.remainingMs();
    if (remainingMs === null) return;
    expiry = setTimeout(() => retire(socketEndings.tokenExpired), remainingMs);
  }
  function onRecheck({ standing }: Identity): void {
    if (standing === 'refused') retire(socketEndings.unauthorized);
    if (standing === 'expired') retire(socketEndings.tokenExpired);
  }

  const leave = caller.listen({ onRenewal, onRecheck });
  onRenewal();
  void ended.then(() => {
    release();
    leave();
    clearTimeout(expiry);
  });
  return true;
}
