import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { signIn, signUp } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Guess = graphql(`
  mutation SignInFloorGuess($input: SignInInput!) { signIn(input: $input) { __typename } }
`);

const floorMs = 1000;

describe('the floor of failed sign-ins', () => {
  const testApp = useTestApp({ SIGN_IN_FLOOR_MS: String(floorMs) });
  const guess = () =>
    ask(testApp, Guess, { input: { email: 'nobody@example.com', password: 'a guess' } });

  it('is kept by a failure: INVALID_CREDENTIALS', async () => {
    const startedAt = performance.now();
    const { signIn } = await guess();
    expect(signIn).toEqual({ __typename: 'InvalidCredentialsError' });
    // Timers may be early by a millisecond.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(floorMs - 1);
  });

  it('holds nobody back who succeeds: they are told before whoever failed at the same time', async () => {
    const ada = await signUp(testApp);
    const told: string[] = [];
    await Promise.all([
      guess().then(() => told.push('failure')),
      signIn(testApp, ada).then(() => told.push('success')),
    ]);
    expect(told).toEqual(['success', 'failure']);
  });
});
