import { followUser } from './follow-user.ts';
import { createMessageQueue } from './message-queue.ts';

/** Somebody who follows an account. */
export interface Follower {
  /** Waits for what is told next, in short. */
  next(): Promise<string>;
  /** Settles when it is over: with the code of the refusal, or the reason why it cannot go on. */
  readonly ended: Promise<unknown>;
}

/** Follows an account from now on, for as long as there is a session. */
export function startFollower(client: Parameters<typeof followUser>[0], id: string): Follower {
  const told = createMessageQueue<string>();
  const position = { id, after: null };
  async function follow(): Promise<unknown> {
    const refusal = await followUser(client, position, (item) => {
      const news = item.__typename === 'EventEnvelope' ? item.event.change : item.__typename;
      // An instance may learn a little later of an account than its client did.
      if (news !== 'CREATED') told.push(news);
    });
    return refusal === 'UNAUTHENTICATED' ? follow() : refusal;
  }
  const ended = follow();
  ended.then(
    (refusal) => told.end(`Refused: ${refusal}`),
    (reason) => told.end(`Ended: ${reason}`),
  );
  return { next: told.next, ended };
}
