import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { allMailsWorked, mailsTo, tokenIn } from '../support/mails.ts';
import { anyAddress, signUp } from '../support/people.ts';
import { ask, type Sender } from '../support/request.ts';
import { watchStatements } from '../support/statements.ts';
import { changesBetween, dumpTables } from '../support/table-dump.ts';
import { useTestApp } from '../support/test-app.ts';

const SignUp = graphql(`
  mutation ResendVerificationSignUp($input: SignUpInput!) {
    signUp(input: $input) { __typename }
  }
`);

const ResendVerification = graphql(`
  mutation ResendVerification($input: EmailInput!) {
    resendVerification(input: $input) {
      __typename
      ... on Accepted { accepted message }
      ... on Error { code message }
      ... on ValidationError { issues { path } }
      ... on RateLimitedError { scope retryAfterSeconds }
    }
  }
`);

describe('resendVerification', () => {
  const testApp = useTestApp();
  const anyEmail = () => `ada.${randomUUID()}@example.com`;
  const begin = async (email: string, ipAddress = anyAddress()) => {
    const input = { email, password: 'a password of good length', displayName: 'Ada' };
    await ask(testApp, SignUp, { input }, { ipAddress });
    await allMailsWorked(testApp);
  };
  const resend = async (email: string, sender: Sender = { ipAddress: anyAddress() }) =>
    (await ask(testApp, ResendVerification, { input: { email } }, sender)).resendVerification;
  const mailsNow = async (email: string) => {
    await allMailsWorked(testApp);
    return mailsTo(testApp, email, 0);
  };

  it('sends the mail of an open sign-up again, with the same link', async () => {
    const email = anyEmail();
    await begin(email);
    expect(await resend(email)).toMatchObject({ __typename: 'Accepted', accepted: true });
    const mails = await mailsNow(email);
    expect(mails).toHaveLength(2);
    expect(new Set(mails.map(tokenIn)).size).toBe(1);
  });

  it('sends the three newest of an address, however often it was signed up', async () => {
    const email = anyEmail();
    for (let count = 0; count < 4; count++) await begin(email);
    const [newest, newer, third, oldest] = (await mailsNow(email)).map(tokenIn);
    await resend(email);
    const sentAgain = (await mailsNow(email)).slice(0, -4).map(tokenIn);
    expect(sentAgain.toSorted()).toEqual([newest, newer, third].toSorted());
    expect(sentAgain).not.toContain(oldest);
  });

  it('sends those of whoever asks, however many others signed up with the address since', async () => {
    const email = anyEmail();
    const ipAddress = anyAddress();
    await begin(email, ipAddress);
    const own = tokenIn((await mailsNow(email))[0]);
    for (let count = 0; count < 3; count++) await begin(email);
    await resend(email, { ipAddress });
    expect((await mailsNow(email)).slice(0, -4).map(tokenIn)).toEqual([own]);
  });

  it('takes the address without regard to case', async () => {
    const email = anyEmail();
    await begin(email);
    await resend(` ${email.toUpperCase()}`);
    expect(await mailsNow(email)).toHaveLength(2);
  });

  it('does not send what has expired', async () => {
    const email = anyEmail();
    await begin(email);
    testApp.clock.advance(testApp.config.signUpLifetimeSeconds);
    expect(await resend(email)).toMatchObject({ __typename: 'Accepted' });
    expect(await mailsNow(email)).toHaveLength(1);
  });

  it('tells the owner of an account that there is one, without a link that confirms', async () => {
    const { email } = await signUp(testApp);
    await resend(email);
    const [mail, ...earlier] = await mailsNow(email);
    expect(earlier).toHaveLength(1);
    expect(mail?.subject).toBe('You have an account already');
    expect(mail?.text).not.toContain('token=');
  });

  it('sends nothing to an address that never signed up, and answers the same', async () => {
    const email = anyEmail();
    await begin(email);
    const unknown = anyEmail();
    expect(await resend(unknown)).toEqual(await resend(email));
    expect(await mailsNow(unknown)).toEqual([]);
  });

  it('does the same, down to the SQL, for an address with an account, a sign-up or neither', async () => {
    const watch = watchStatements(testApp.database);
    const open = anyEmail();
    await begin(open);
    const observe = async (email: string) => {
      await allMailsWorked(testApp);
      const before = await dumpTables(testApp.database);
      const { result, sent } = await watch.record(() => resend(email));
      const changes = changesBetween(before, await dumpTables(testApp.database));
      return { result, sent, changes };
    };
    const { email: known } = await signUp(testApp);
    const unknown = await observe(anyEmail());
    expect(unknown.changes).toEqual({
      job: { added: 1, removed: 0 },
      audit_event: { added: 1, removed: 0 },
      audit_origin: { added: 1, removed: 0 },
      logged_event: { added: 1, removed: 0 },
    });
    expect(await observe(open)).toEqual(unknown);
    expect(await observe(known)).toEqual(unknown);
  });

  it('keeps no secret in the job', async () => {
    const email = anyEmail();
    await resend(email, { ipAddress: '192.0.2.7', userAgent: 'a browser' });
    const jobs = await testApp.database.prisma.$queryRaw`SELECT data FROM pgboss.job`;
    const place = { ipAddress: '192.0.2.7', userAgent: 'a browser' };
    expect(jobs).toEqual([{ data: { kind: 'verify-email-again', email, ...place } }]);
  });

  it('refuses what is no address: VALIDATION_FAILED', async () => {
    expect(await resend('nobody')).toMatchObject({
      __typename: 'ValidationError',
      code: 'VALIDATION_FAILED',
      issues: [{ path: ['input', 'email'] }],
    });
  });

  it('sends at most five times an hour to an address for one client: RATE_LIMITED', async () => {
    const email = anyEmail();
    const sender = { ipAddress: anyAddress() };
    for (let count = 0; count < 5; count++) await resend(email, sender);
    expect(await resend(email, sender)).toMatchObject({
      __typename: 'RateLimitedError',
      scope: 'CLIENT_IP_AND_ACCOUNT',
    });
    expect(await resend(anyEmail())).toMatchObject({ __typename: 'Accepted' });
  });

  it('takes at most fifty requests an hour from one client: RATE_LIMITED', async () => {
    const sender = { ipAddress: anyAddress() };
    for (let count = 0; count < 50; count++) await resend(anyEmail(), sender);
    const email = anyEmail();
    expect(await resend(email, sender)).toMatchObject({
      __typename: 'RateLimitedError',
      code: 'RATE_LIMITED',
      scope: 'CLIENT_IP',
      retryAfterSeconds: expect.any(Number),
    });
    expect(await resend(email)).toMatchObject({ __typename: 'Accepted' });
  });
});
