import type { Client } from 'graphql-ws';
import type {
  VisibleEventsSubscription,
  VisibleEventsSubscriptionVariables,
} from '../generated/graphql.ts';
import { type Following, follow, type Patience } from './stream-clients/resume.ts';
import { VisibleEvents } from './visible-events.ts';

/** Somebody who follows all that they may see of the log, whatever happens to their connection. */
export interface LogReader extends Following {
  /** Of the events that were told, as they came. */
  readonly cursors: readonly string[];
  /** What was told besides events, as it came. */
  readonly marks: readonly string[];
  /** Resolves once enough was told; rejects when the stream is over before. */
  until(isEnough: () => boolean): Promise<void>;
}

/** Follows the log; `onItem` is told of each kind of item as it comes. */
export function readLog(
  client: Client,
  variables: VisibleEventsSubscriptionVariables,
  { onItem = () => {}, ...patience }: Patience & { onItem?: (kind: string) => void } = {},
): LogReader {
  const cursors: string[] = [];
  const marks: string[] = [];
  const arrivals = new EventTarget();
  const following = follow<VisibleEventsSubscription['events']>(
    client,
    { query: VisibleEvents.toString(), variables: { ...variables } },
    (item) => {
      if (item.__typename === 'EventEnvelope') cursors.push(item.event.cursor);
      else marks.push('reason' in item ? item.reason : item.__typename);
      arrivals.dispatchEvent(new Event('item'));
      onItem(item.__typename);
    },
    patience,
  );
  return {
    ...following,
    cursors,
    marks,
    async until(isEnough) {
      while (!isEnough()) {
        const more = new Promise<null>((resolve) =>
          arrivals.addEventListener('item', () => resolve(null), { once: true }),
        );
        const end = await Promise.race([more, following.ended]);
        if (end !== null) throw new Error(`The stream is over: ${end.code}`, { cause: end.cause });
      }
    },
  };
}
