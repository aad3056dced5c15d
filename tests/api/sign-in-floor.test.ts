import { beforeEach, describe, expect, it, vi } from 'vitest';
import { graphql } from '../generated/index.ts';
import { signIn, signUp } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Guess = graphql(`
  mutation SignInFloorGuess($input: SignInInput!) { signIn(input: $input) { __typename } }
`);

const waits = vi.hoisted((): number[] => []);

// The instance's own floor, over a clock that stands still.
vi.mock('../../src/modules/auth/failure-floor.ts', async (importOriginal) => {
  const { createFailureFloor } =
    await importOriginal<typeof import('../../src/modules/auth/failure-floor.ts')>();
  const timer = { now: () => 0, wait: async (delayMs: number) => waits.push(delayMs) };
  return { createFailureFloor: (floorMs: number) => createFailureFloor(floorMs, timer) };
});

describe('the floor of failed sign-ins', () => {
  const testApp = useTestApp({ SIGN_IN_FLOOR_MS: '300' });
  beforeEach(() => {
    waits.length = 0;
  });

  it('is kept by a failure: INVALID_CREDENTIALS', async () => {
    const input = { email: 'nobody@example.com', password: 'a guess' };
    const answer = await ask(testApp, Guess, { input });
    expect(answer.signIn).toEqual({ __typename: 'InvalidCredentialsError' });
    expect(waits).toEqual([300]);
  });

  it('holds nobody back who succeeds', async () => {
    await signIn(testApp, await signUp(testApp));
    expect(waits).toEqual([]);
  });
});
