import { setImmediate } from 'node:timers/promises';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { LoggedEvent } from '../../src/generated/prisma/client.ts';
import type { Context } from '../../src/graphql/context.ts';
import { type AnswerEvent, createAnswerEvent } from '../../src/graphql/event-answers.ts';
import type { EventReader } from '../../src/graphql/event-readers.ts';
import { schema } from '../../src/graphql/schema.ts';
import type { Viewer } from '../../src/modules/role/viewer.ts';
import { answerOf, liveEntry } from '../support/shared-answers.ts';

const event = () => ({ type: 'UserChanged', userId: 'ada' }) as LoggedEvent;

interface Asked {
  answer(context: Context): ExecutionResult | Promise<ExecutionResult>;
  identify(): Promise<Partial<Viewer>>;
  /** Stands for what is asked for. */
  digest: string;
}

/** Builds what answers events, and readers for whom it is written down who was executed. */
function open() {
  const answerEvent = createAnswerEvent(schema);
  const executed: string[] = [];
  const ask = (entry: unknown, name: string, asked: Partial<Asked> = {}) => {
    const { answer = () => ({ data: { for: name } }) } = asked;
    const { identify = async () => ({}), digest = 'the same' } = asked;
    return answerOf(answerEvent, entry, {
      userId: name,
      operation: { digest, grounds: new Set(['permissions']) },
      async identify() {
        const viewer = { userId: name, permissions: new Set(), roleKeys: new Set() };
        return { viewer: { ...viewer, ...(await identify()) } } as unknown as Context;
      },
      execute(context) {
        executed.push(name);
        return answer(context);
      },
    });
  };
  return { ask, executed };
}

describe('readers of an event', () => {
  it('that come together are answered by one execution', async () => {
    const { ask, executed } = open();
    const entry = liveEntry(event());
    const answers = await Promise.all([ask(entry, 'one'), ask({ ...entry }, 'other')]);
    expect(answers).toEqual([{ data: { for: 'one' } }, { data: { for: 'one' } }]);
    expect(executed).toEqual(['one']);
  });

  it('that ask for something else are answered for themselves', async () => {
    const { ask, executed } = open();
    const entry = liveEntry(event());
    const digests = ['one', 'other', 'one'];
    await Promise.all(digests.map((digest, index) => ask(entry, String(index), { digest })));
    expect(executed.sort()).toEqual(['0', '1']);
  });

  it('of which one comes later are not: it may be told what came later, too', async () => {
    const { ask, executed } = open();
    const entry = liveEntry(event());
    const first = ask(entry, 'first');
    await setImmediate();
    await Promise.all([first, ask(entry, 'later')]);
    expect(executed).toEqual(['first', 'later']);
  });

  it.each([
    ['of another event', () => liveEntry(event())],
    ['of what is read back', (entry: object) => ({ ...entry, replayed: true })],
    ['of what is no event', () => ({ kind: 'caught-up' })],
    ['of something else', () => 'a message'],
  ])('%s are answered for themselves', async (_what, other) => {
    const { ask, executed } = open();
    const entry = liveEntry(event());
    const entries = [entry, other(entry), other(entry)];
    await Promise.all(entries.map((each, index) => ask(each, String(index))));
    expect(executed.sort()).toEqual(['0', '1', '2']);
  });

  it('are asked who they are after all have come, and before anything is read', async () => {
    const { ask, executed } = open();
    const entry = liveEntry(event());
    const told: string[] = [];
    const noting = (name: string) => ({
      answer: () => ({ data: { told: [...told] } }),
      identify: async () => {
        told.push(name);
        return {};
      },
    });
    const first = ask(entry, 'first', noting('first'));
    expect(told).toEqual([]);
    const second = ask(entry, 'second', noting('second'));
    expect(await Promise.all([first, second])).toEqual([
      { data: { told: ['first', 'second'] } },
      { data: { told: ['first', 'second'] } },
    ]);
    expect(executed).toEqual(['first']);
  });

  it('are told also where one before them fails to take the answer', async () => {
    const answerEvent = createAnswerEvent(schema);
    const entry = liveEntry(event());
    const viewer = { userId: 'ada', permissions: new Set(), roleKeys: new Set() };
    const reader: EventReader = {
      userId: 'ada',
      operation: { digest: 'the same', grounds: new Set(['permissions']) },
      identify: () => ({ viewer }) as unknown as Context,
      execute: () => ({ data: {} }),
    };
    const failure = new Error('It cannot be written.');
    const failed = Promise.withResolvers<unknown>();
    answerEvent(entry, reader, {
      resolve() {
        throw failure;
      },
      reject: failed.resolve,
    });
    expect(await answerOf(answerEvent, entry, reader)).toEqual({ data: {} });
    expect(await failed.promise).toBe(failure);
  });

  it('that are refused are told so alone, and nothing else', async () => {
    const { ask, executed } = open();
    const entry = liveEntry(event());
    const refusal = new GraphQLError('No.');
    const refused = ask(entry, 'refused', { identify: () => Promise.reject(refusal) });
    const answers = await Promise.allSettled([refused, ask(entry, 'one'), ask(entry, 'other')]);
    const answer = { status: 'fulfilled', value: { data: { for: 'one' } } };
    expect(answers).toEqual([{ status: 'rejected', reason: refusal }, answer, answer]);
    expect(executed).toEqual(['one']);
  });

  it('share no error: each is executed for itself', async () => {
    const { ask, executed } = open();
    const entry = liveEntry(event());
    const failing = (name: string) => ({
      answer: () => ({ data: null, errors: [new GraphQLError(name)] }),
    });
    const names = ['one', 'other', 'third'];
    const answers = await Promise.all(names.map((name) => ask(entry, name, failing(name))));
    expect(answers.map(({ errors }) => errors?.[0]?.message)).toEqual(names);
    expect(executed.sort()).toEqual(names.toSorted());
  });

  it('share no failure either', async () => {
    const { ask } = open();
    const entry = liveEntry(event());
    const fault = new Error('planned');
    const fail = { answer: () => Promise.reject(fault) };
    const answers = await Promise.allSettled([ask(entry, 'one', fail), ask(entry, 'other')]);
    expect(answers).toEqual([
      { status: 'rejected', reason: fault },
      { status: 'fulfilled', value: { data: { for: 'other' } } },
    ]);
  });

  it('that cannot be told apart from others, as the event is broken, are not left waiting', async () => {
    const answerEvent: AnswerEvent = createAnswerEvent({
      getType: () => {
        throw new Error('planned');
      },
    } as never);
    const reader = {
      userId: null,
      operation: { digest: '', grounds: null },
      identify: async () => ({ viewer: null }) as Context,
      execute: () => ({ data: {} }),
    };
    await expect(answerOf(answerEvent, liveEntry(event()), reader)).rejects.toThrow('planned');
  });
});

describe('readers whose turn is long in coming', () => {
  /** Takes all turns; answers what gives them back. */
  function block(ask: ReturnType<typeof open>['ask']) {
    const held = Promise.withResolvers<ExecutionResult>();
    const waiting = Array.from({ length: 4 }, (_, index) =>
      ask('something else', `blocker ${index}`, { answer: () => held.promise }),
    );
    return async () => {
      held.resolve({ data: {} });
      await Promise.all(waiting);
    };
  }

  it('are asked again who they are, and only the same go on together', async () => {
    const { ask, executed } = open();
    const release = block(ask);
    const entry = liveEntry(event());
    const asked: string[] = [];
    const changing = (name: string, later: object) => ({
      answer: ({ viewer }: Context) => ({ data: { reads: [...(viewer?.permissions ?? [])] } }),
      identify: async () => {
        asked.push(name);
        const isFirst = asked.filter((each) => each === name).length === 1;
        const reader = { permissions: new Set(['users:read'] as const) };
        return isFirst ? reader : { ...reader, ...later };
      },
    });
    const answers = Promise.all([
      ask(entry, 'one', changing('one', {})),
      ask(entry, 'demoted', changing('demoted', { permissions: new Set() })),
      ask(entry, 'other', changing('other', {})),
    ]);
    await setImmediate();
    await setImmediate();
    expect(asked).toEqual(['one', 'demoted', 'other']);
    await release();
    const all = { data: { reads: ['users:read'] } };
    expect(await answers).toEqual([all, { data: { reads: [] } }, all]);
    expect(executed.filter((name) => !name.startsWith('blocker')).sort()).toEqual([
      'demoted',
      'one',
    ]);
  });

  it('are told when they may not go on any more', async () => {
    const { ask } = open();
    const release = block(ask);
    const refusal = new GraphQLError('No more.');
    let isEnded = false;
    const identify = async () => {
      if (isEnded) throw refusal;
      return {};
    };
    const answer = ask(liveEntry(event()), 'one', { identify });
    await setImmediate();
    await setImmediate();
    isEnded = true;
    const refused = expect(answer).rejects.toBe(refusal);
    await release();
    await refused;
  });
});

describe('rows', () => {
  it('are loaded once for all who come together, and anew for whoever comes later', async () => {
    const { ask } = open();
    const entry = liveEntry(event());
    let loads = 0;
    const reading = {
      answer: async ({ rows, viewer }: Context) => ({
        data: { row: await rows?.once('a row', async () => ++loads), for: viewer?.userId },
      }),
    };
    const apart = (name: string) => ({
      ...reading,
      identify: async () => ({ permissions: new Set([name]) as never }),
    });
    const names = ['one', 'other', 'third'];
    await Promise.all(names.map((name) => ask(entry, name, apart(name))));
    expect(loads).toBe(1);
    await ask(entry, 'later', reading);
    expect(loads).toBe(2);
  });

  it('are loaded again when that failed', async () => {
    const { ask } = open();
    let loads = 0;
    const reading = {
      answer: async ({ rows }: Context) => ({
        data: {
          row: await rows?.once('a row', async () => {
            loads += 1;
            if (loads === 1) throw new Error('planned');
            return loads;
          }),
        },
      }),
    };
    const entry = liveEntry(event());
    const answers = await Promise.allSettled([ask(entry, 'a', reading), ask(entry, 'b', reading)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});
