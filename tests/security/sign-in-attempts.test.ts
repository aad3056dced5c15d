import { describe, expect, it } from 'vitest';
import { useAttackedApp } from '../support/attacked-app.ts';
import { anyAddress } from '../support/people.ts';
import { transports } from '../support/transports.ts';

const mutating = transports.filter(({ mutates }) => mutates);

/** Tries to sign in so often within one document. */
const guesses = (email: string, count: number) => ({
  query: `mutation {
    ${Array.from(
      { length: count },
      (_, index) => `try${index}: signIn(input: { email: "${email}", password: "guess ${index}" }) {
        __typename ... on RateLimitedError { scope }
      }`,
    ).join('\n')}
  }`,
});

/** Counts the answers by what they are. */
function tally(data: unknown): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { __typename, scope } of Object.values(Object(data)) as Record<string, string>[]) {
    const kind = scope ?? String(__typename);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe('guesses of a password', () => {
  // By default a document may not even ask that often.
  const app = useAttackedApp({ GRAPHQL_MAX_COST: '100000' });

  it.each(mutating)(
    'are ten a minute, be they thirty aliases of one document: $name',
    async (way) => {
      const email = `nobody@${way.name.toLowerCase().replaceAll(' ', '-')}.example`;
      const { data } = await way.ask(app.url, guesses(email, 30), { ipAddress: anyAddress() });
      expect(tally(data)).toEqual({ InvalidCredentialsError: 10, CLIENT_IP_AND_ACCOUNT: 20 });
    },
  );

  it('are ten a minute over all transports together', async () => {
    const ipAddress = anyAddress();
    const answers = [];
    for (const { ask } of [...mutating, ...mutating]) {
      answers.push(await ask(app.url, guesses('everywhere@example.com', 6), { ipAddress }));
    }
    const tries = answers.flatMap(({ data }) => Object.values(Object(data)));
    expect(tries).toHaveLength(12 * mutating.length);
    expect(tally(tries)).toEqual({
      InvalidCredentialsError: 10,
      CLIENT_IP_AND_ACCOUNT: 12 * mutating.length - 10,
    });
  });

  it('from many clients do not keep out the one that the owner signed in from', async () => {
    const { email, password } = app.ada;
    const ipAddress = anyAddress();
    const right = {
      query: `mutation { signIn(input: { email: "${email}", password: "${password}" }) {
        __typename ... on RateLimitedError { scope }
      } }`,
    };
    const [{ ask }] = mutating as [(typeof mutating)[0]];
    const signIn = async (from: string) =>
      tally((await ask(app.url, right, { ipAddress: from })).data);
    expect(await signIn(ipAddress)).toEqual({ AuthPayload: 1 });
    const botnet = Array.from({ length: 12 }, async () => {
      const { data } = await ask(app.url, guesses(email, 2), { ipAddress: anyAddress() });
      return Object.values(Object(data));
    });
    const { InvalidCredentialsError: compared = 0, ACCOUNT: refused = 0 } = tally(
      (await Promise.all(botnet)).flat(),
    );
    expect(compared + refused).toBe(24);
    expect(compared).toBeGreaterThanOrEqual(9);
    // Ten with that of the owner, and one more after a second, three, seven …: this takes no minute.
    expect(compared).toBeLessThan(16);
    expect(await signIn(ipAddress)).toEqual({ AuthPayload: 1 });
  });
});
