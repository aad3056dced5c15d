import { askNext, createFeed, type Feed, type FeedStep } from '../platform/feed.ts';
import type { Caller } from './caller.ts';

/** Tells a stream that its token is about to end. */
export interface AuthExpiring {
  kind: 'auth-expiring';
  expiresAt: Date;
}

const noticeMs = 60_000;

/**
 * Puts among the entries of a stream that its token is about to end: 60 seconds before, at once where
 * less remains, and again after each renewal. Begins with the first `next`, as the entries do.
 */
export function tellingOfExpiry<Entry extends object>(
  entries: AsyncIterableIterator<Entry, undefined>,
  caller: Pick<Caller, 'expiresAt' | 'remainingMs' | 'listen'>,
): Feed<Entry | AuthExpiring> {
  return createFeed<Entry | AuthExpiring>(({ wake, fail, end }) => {
    let timer: NodeJS.Timeout | undefined;
    let notice: AuthExpiring | undefined;
    let entry: Entry | undefined;
    let isAsked = false;

    function onRenewal(): void {
      clearTimeout(timer);
      notice = undefined;
      const [expiresAt, remainingMs] = [caller.expiresAt(), caller.remainingMs()];
      if (expiresAt === null || remainingMs === null) return;
      const tell = () => {
        notice = { kind: 'auth-expiring', expiresAt };
        wake();
      };
      if (remainingMs > noticeMs) timer = setTimeout(tell, remainingMs - noticeMs);
      else tell();
    }

    function ask(): void {
      isAsked = true;
      const hear = (step: FeedStep<Entry>) => {
        isAsked = false;
        if (step.done === true) return end();
        entry = step.value;
        wake();
      };
      askNext(entries, hear, fail);
    }

    function take(): Entry | AuthExpiring | undefined {
      const taken = notice ?? entry;
      if (taken === undefined && !isAsked) ask();
      else if (taken === notice) notice = undefined;
      else entry = undefined;
      return taken;
    }

    const leave = caller.listen({ onRenewal });
    onRenewal();
    return {
      take,
      close() {
        leave();
        clearTimeout(timer);
        void entries.return?.();
      },
    };
  });
}
