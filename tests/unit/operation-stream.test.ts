import { buildSchema, type ExecutionResult, GraphQLError, parse } from 'graphql';
import { expect, it } from 'vitest';
import type { Caller, CallerListener } from '../../src/graphql/caller.ts';
import type { Context } from '../../src/graphql/context.ts';
import type { AnswerTo } from '../../src/graphql/event-readers.ts';
import { type EventAnswering, openStream } from '../../src/graphql/operation-stream.ts';

const schema = buildSchema('type Query { a: Int } type Subscription { a: Int }');
const document = parse('subscription { a }');

async function* oneEvent() {
  yield { a: 1 };
  await new Promise(() => {});
}

it('tells a refusal instead of what was being answered when access ended, and ends', async () => {
  const listening = Promise.withResolvers<CallerListener>();
  const answering = Promise.withResolvers<AnswerTo>();
  const caller = {
    remainingMs: () => null,
    listen(listener: CallerListener) {
      listening.resolve(listener);
      return () => {};
    },
  };
  const endings: number[] = [];
  const parts: EventAnswering = {
    contextOfEvent: () => ({}) as Context,
    answer: (_event, _reader, to) => answering.resolve(to),
    readOperation: () => ({ digest: '', grounds: null }),
    present: (answer) => answer,
    onOver: () => {},
    onEnd: (answers) => endings.push(answers),
    caller: caller as unknown as Caller,
    viewer: null,
    refuse: () => new GraphQLError('The session has ended.'),
  };
  const rootValue = { a: oneEvent };
  const stream = await openStream({ schema, document, rootValue, answering: parts });
  const { next } = stream as AsyncIterator<ExecutionResult>;
  const first = next();
  const { resolve } = await answering.promise;
  (await listening.promise).onRecheck?.({ viewer: null, standing: 'refused' });
  resolve({ data: { a: 1 } });
  expect((await first).value).toEqual({ errors: [new GraphQLError('The session has ended.')] });
  expect(await next()).toEqual({ done: true, value: undefined });
  expect(endings).toEqual([0]);
});
