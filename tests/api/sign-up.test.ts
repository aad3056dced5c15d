import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { mailsTo } from '../support/mails.ts';
import { signUp as signUpPerson } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const SignUp = graphql(`
  mutation SignUp($input: SignUpInput!) {
    signUp(input: $input) {
      __typename
      ... on Accepted { accepted message }
      ... on Error { code message }
      ... on ValidationError { issues { path code message } }
      ... on RateLimitedError { retryAfterSeconds scope }
    }
  }
`);

const ada = { email: 'ada@example.com', password: 'a password of good length', displayName: 'Ada' };

describe('signUp', () => {
  const testApp = useTestApp();

  it('keeps the sign-up apart and sends a mail with a link', async () => {
    const { signUp } = await ask(testApp, SignUp, { input: ada });
    expect(signUp).toMatchObject({ __typename: 'Accepted', accepted: true });
    const [mail] = await mailsTo(testApp, ada.email);
    expect(mail?.text).toMatch(/http:\/\/127\.0\.0\.1:4000\/verify-email#token=[\w-]{64}\n/);
    expect(await testApp.database.prisma.user.count()).toBe(0);
  });

  it('repeats nothing in the mail that the stranger typed', async () => {
    const displayName = 'Buy at spam.example';
    await ask(testApp, SignUp, { input: { ...ada, displayName } }, { userAgent: 'spam.example' });
    const [mail] = await mailsTo(testApp, ada.email);
    expect(JSON.stringify(mail)).not.toContain('spam.example');
  });

  it('answers the same for an address that has an account, and tells its owner by mail', async () => {
    const owner = await signUpPerson(testApp);
    const stranger = await ask(testApp, SignUp, { input: ada });
    const known = await ask(testApp, SignUp, { input: { ...ada, email: owner.email } });
    expect(known).toEqual(stranger);
    const [mail] = await mailsTo(testApp, owner.email, 2);
    expect(mail?.subject).toBe('You have an account already');
    expect(mail?.text).not.toContain('token=');
  });

  it('lists every broken rule: VALIDATION_FAILED', async () => {
    const input = { email: 'nobody', password: 'x'.repeat(257), displayName: ' ', locale: '!' };
    const { signUp } = await ask(testApp, SignUp, { input });
    expect(signUp).toMatchObject({
      __typename: 'ValidationError',
      code: 'VALIDATION_FAILED',
      issues: [
        { path: ['input', 'email'] },
        { path: ['input', 'password'] },
        { path: ['input', 'displayName'] },
        { path: ['input', 'locale'] },
      ],
    });
  });

  it('refuses a password that is too short, counted in characters: VALIDATION_FAILED', async () => {
    // 14 characters in 28 bytes.
    const { signUp } = await ask(testApp, SignUp, { input: { ...ada, password: 'ä'.repeat(14) } });
    expect(signUp).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['input', 'password'], code: 'too_short' }],
    });
    expect(await testApp.database.prisma.signUp.count()).toBe(0);
  });

  it('sends at most five mails an hour to an address: RATE_LIMITED', async () => {
    for (let count = 0; count < 5; count++) await ask(testApp, SignUp, { input: ada });
    const { signUp } = await ask(testApp, SignUp, { input: ada });
    expect(signUp).toMatchObject({ __typename: 'RateLimitedError', scope: 'ACCOUNT' });
  });
});

describe('signUp where strangers may not', () => {
  const testApp = useTestApp({ SIGN_UP_ENABLED: 'false' });

  it('is refused: SIGN_UP_DISABLED', async () => {
    const answer = await send(testApp, SignUp, { input: ada });
    expect(codesOf(answer)).toEqual(['SIGN_UP_DISABLED']);
    expect(answer.body.data).toEqual({ signUp: null });
  });
});
