import type { Client, Sink } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { follow, type StreamItem } from '../support/stream-clients/resume.ts';

/** A client whose every subscription the test answers by hand. */
function scriptedClient() {
  const sent: { variables: unknown; sink: Sink<never> }[] = [];
  const arrivals = new EventTarget();
  const listeners = new Set<() => void>();
  let terminations = 0;
  let left = 0;
  const client = {
    on: (event: string, listener: () => void) => {
      if (event === 'closed') listeners.add(listener);
      return () => listeners.delete(listener);
    },
    subscribe(payload, sink) {
      sent.push({ variables: structuredClone(payload.variables), sink: sink as Sink<never> });
      arrivals.dispatchEvent(new Event('sent'));
      return () => {
        left += 1;
      };
    },
    terminate() {
      terminations += 1;
      arrivals.dispatchEvent(new Event('terminated'));
    },
  } as Pick<Client, 'subscribe' | 'terminate' | 'on'>;
  return {
    client,
    sent,
    tell: (item: StreamItem) => sent.at(-1)?.sink.next({ data: { stream: item } } as never),
    refuse: (cause: unknown) => sent.at(-1)?.sink.error(cause),
    next: (name: 'sent' | 'terminated') =>
      new Promise((resolve) => arrivals.addEventListener(name, resolve, { once: true })),
    close: () => {
      for (const listener of listeners) listener();
    },
    counts: () => ({ terminations, left, listeners: listeners.size }),
  };
}

const event = (cursor: string): StreamItem => ({ __typename: 'EventEnvelope', event: { cursor } });
const refusal = (code: string, more: object = {}) => [{ extensions: { code, ...more } }];

function start(patience: Parameters<typeof follow>[3] = { pauseMs: () => 0 }, after?: string) {
  const script = scriptedClient();
  const told: string[] = [];
  const request = { query: 'subscription', ...(after && { variables: { after, id: 'ada' } }) };
  const following = follow(
    script.client,
    request,
    ({ __typename, ...item }) => told.push(item.event?.cursor ?? __typename),
    patience,
  );
  return { ...script, told, following };
}

describe('the resume helper', () => {
  it('moves its cursor with every item that has one', () => {
    const { tell, following } = start({}, 'kept');
    const cursors = [following.cursor()];
    const items: StreamItem[] = [
      event('a'),
      { __typename: 'StreamCaughtUp', cursor: 'b' },
      { __typename: 'StreamGap', resumedAt: 'c' },
      { __typename: 'StreamAuthExpiring' },
      { __typename: 'StreamHeartbeat', cursor: 'd' },
    ];
    for (const item of items) {
      tell(item);
      cursors.push(following.cursor());
    }
    expect(cursors).toEqual(['kept', 'a', 'b', 'c', 'c', 'd']);
  });

  it('hands on what comes twice once, and does not go back for it', () => {
    const { tell, told, following } = start();
    for (const cursor of ['a', 'b', 'a', 'b', 'c', 'a']) tell(event(cursor));
    expect(told).toEqual(['a', 'b', 'c']);
    expect(following.cursor()).toBe('c');
  });

  it.each([refusal('SERVICE_UNAVAILABLE'), refusal('RATE_LIMITED', { retryAfterSeconds: 0 })])(
    'comes back with its cursor after a refusal that passes: %j',
    async (...cause) => {
      const { tell, refuse, sent, next, told } = start(undefined, 'kept');
      tell(event('a'));
      const again = next('sent');
      refuse(cause);
      await again;
      tell(event('b'));
      expect(sent.map(({ variables }) => variables)).toEqual([
        { after: 'kept', id: 'ada' },
        { after: 'a', id: 'ada' },
      ]);
      expect(told).toEqual(['a', 'b']);
    },
  );

  it('waits longer with each refusal in a row, and no less than it is told to', async () => {
    const asked: number[] = [];
    const pauseMs = (refusals: number) => asked.push(refusals);
    const { tell, refuse, next } = start({ pauseMs });
    for (const isToldBefore of [false, false, true]) {
      if (isToldBefore) tell({ __typename: 'StreamHeartbeat', cursor: 'a' });
      const again = next('sent');
      refuse(refusal('SERVICE_UNAVAILABLE', { retryAfterSeconds: 0.001 }));
      await again;
    }
    expect(asked).toEqual([1, 2, 1]);
  });

  it.each([
    ['an operation is refused', refusal('FORBIDDEN'), 'FORBIDDEN'],
    ['its session has ended', { code: 4401, reason: 'Unauthorized' }, 4401],
    ['its client gives up', new Error('Signed out.'), null],
  ])('stays away when %s', async (_title, cause, code) => {
    const { refuse, sent, following } = start();
    refuse(cause);
    expect(await following.ended).toEqual({ code, cause });
    expect(sent).toHaveLength(1);
  });

  it('gives up a connection that has fallen silent', async () => {
    const { tell, next, counts } = start({ silenceMs: 1 });
    const terminated = next('terminated');
    tell(event('a'));
    await terminated;
    expect(counts().terminations).toBe(1);
  });

  it('gives nothing up while there is no connection', async () => {
    const { tell, close, counts } = start({ silenceMs: 1 });
    const other = start({ silenceMs: 2 });
    tell(event('a'));
    close();
    const terminated = other.next('terminated');
    other.tell(event('a'));
    await terminated;
    expect(counts().terminations).toBe(0);
  });

  it('leaves when it is told to, also while it waits', async () => {
    const { refuse, following, counts, sent } = start({ pauseMs: () => 2 ** 30 });
    refuse(refusal('SERVICE_UNAVAILABLE'));
    const { listeners } = counts();
    following.leave();
    expect(await following.ended).toEqual({ code: null, cause: null });
    expect(counts()).toMatchObject({ left: 1, listeners: listeners - 1 });
    expect(sent).toHaveLength(1);
  });
});
