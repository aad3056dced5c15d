import { describe, expect, it } from 'vitest';
import { askOn, by, codesBy, useAttackedApp } from '../support/attacked-app.ts';
import type { Question, TransportName } from '../support/transport.ts';
import { transports } from '../support/transports.ts';
import { environmentOf, limitQuestions, limits } from './limit-questions.ts';
import { roots } from './limit-roots.ts';

const streams = transports.filter((transport) => transport.streams);

const statuses: Record<TransportName, number | null> = {
  POST: 400,
  GET: 400,
  'Event stream by POST': 200,
  'Event stream by GET': 200,
  WebSocket: null,
};

const rows = Object.entries(limitQuestions).flatMap(([what, question]) => [
  { what, question, kind: 'query' as const, some: transports },
  { what, question, kind: 'subscription' as const, some: streams },
]);

describe.each([0, 1] as const)('with either of two settings (%d)', (column) => {
  const app = useAttackedApp(environmentOf(column));

  const ask = ({ question, kind, some }: (typeof rows)[number], amount: number) => {
    const { variables, ...asked }: Question = question.ask(amount, roots[kind]);
    const whole = { ...asked, variables: { id: app.ada.id, ...Object(variables) } };
    return askOn(some, app, whole, { authorization: app.authorization });
  };

  it.each(rows)(
    'as many $what of a $kind pass as the limit says, not one more: $question.code',
    async (row) => {
      const { setting, code } = row.question;
      const limit = limits[setting][column];

      const passing = await ask(row, limit);
      const fits = row.kind === 'query' || row.what !== 'items of a list in the document';
      expect(codesBy(passing)).toEqual(
        by(passing, () => (fits ? [] : ['GRAPHQL_VALIDATION_FAILED'])),
      );
      expect(by(passing, ({ data }) => data !== undefined)).toEqual(by(passing, () => fits));

      const refused = await ask(row, limit + 1);
      const refusal = expect.objectContaining({ extensions: { code, limit } });
      expect(by(refused, ({ data, errors, status }) => ({ data, errors, status }))).toEqual(
        by(refused, (_answer, transport) => ({
          data: undefined,
          errors: [refusal],
          status: statuses[transport as TransportName],
        })),
      );
    },
  );
});
