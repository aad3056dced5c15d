import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { allMailsWorked, mailedCode, mailsTo } from '../support/mails.ts';
import { anyAddress, signUp, suspend } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { watchStatements } from '../support/statements.ts';
import { dumpTables } from '../support/table-dump.ts';
import { useTestApp } from '../support/test-app.ts';

const RequestSignInCode = graphql(`
  mutation RequestSignInCode($input: EmailInput!) {
    requestSignInCode(input: $input) { __typename ... on Accepted { message } }
  }
`);

const SignInWithCode = graphql(`
  mutation SignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) {
      __typename
      ... on AuthPayload { user { email } session { amr deviceLabel isCurrent } }
      ... on InvalidTokenError { reason }
      ... on AccountUnavailableError { status }
      ... on RateLimitedError { scope retryAfterSeconds }
      ... on ValidationError { issues { path } }
    }
  }
`);

const GuessPassword = graphql(`
  mutation GuessPassword($input: SignInInput!) { signIn(input: $input) { __typename } }
`);

/** What may have the same six digits by chance: ids, bytes and moments. */
const drawn = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|\\\\x[\da-f]+|\d{4}-\d\d-\d\dT[\d:.]+/gi;

/** Finds a code within anything but longer numbers and what was drawn. */
const holdsCode = (text: string, code: string) =>
  new RegExp(`(?<!\\d)${code}(?!\\d)`).test(text.replaceAll(drawn, ''));

const unfit = (reason: string) => ({ __typename: 'InvalidTokenError', reason });

describe('a sign-in by code', () => {
  const testApp = useTestApp();
  const request = async (email: string) =>
    (await ask(testApp, RequestSignInCode, { input: { email } }, { ipAddress: anyAddress() }))
      .requestSignInCode;
  const signIn = async (email: string, code: string, deviceLabel?: string) => {
    const input = { email, code, ...(deviceLabel && { deviceLabel }) };
    return (await ask(testApp, SignInWithCode, { input }, { ipAddress: anyAddress() }))
      .signInWithCode;
  };
  const requestCode = async (email: string, count = 1) => {
    await request(email);
    return mailedCode(testApp, email, count);
  };
  const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

  it('starts a session, once for each code', async () => {
    const { email } = await signUp(testApp);
    const code = await requestCode(email);
    expect(code).toMatch(/^\d{6}$/);
    expect(await signIn(email, ` ${code.slice(0, 3)} ${code.slice(3)}`, 'Phone')).toEqual({
      __typename: 'AuthPayload',
      user: { email },
      session: { amr: ['EMAIL_CODE'], deviceLabel: 'Phone', isCurrent: false },
    });
    expect(await signIn(email, code)).toEqual(unfit('CONSUMED'));
  });

  it('takes the code of no other address: UNKNOWN', async () => {
    const ada = await signUp(testApp);
    const grace = await signUp(testApp, 'Grace Hopper');
    const code = await requestCode(ada.email);
    expect(await signIn(grace.email, code)).toEqual(unfit('UNKNOWN'));
    expect(await signIn(ada.email, code)).toMatchObject({ __typename: 'AuthPayload' });
  });

  it('waits ten minutes for the code: EXPIRED', async () => {
    const { email } = await signUp(testApp);
    const code = await requestCode(email);
    testApp.clock.advance(10 * 60 + 1);
    expect(await signIn(email, code)).toEqual(unfit('EXPIRED'));
  });

  it('takes any of the open codes, which uses up the others: CONSUMED', async () => {
    const { email } = await signUp(testApp);
    const first = await requestCode(email);
    const second = await requestCode(email, 2);
    expect(await signIn(email, first)).toMatchObject({ __typename: 'AuthPayload' });
    if (second !== first) expect(await signIn(email, second)).toEqual(unfit('CONSUMED'));
  });

  it('is closed after five wrong codes until the open ones have run out: RATE_LIMITED', async () => {
    const { email } = await signUp(testApp);
    const code = await requestCode(email);
    for (let count = 0; count < 5; count++) {
      expect(await signIn(email, otherThan(code))).toEqual(unfit('UNKNOWN'));
    }
    const closed = { __typename: 'RateLimitedError', scope: 'ACCOUNT' };
    expect(await signIn(email, code)).toMatchObject(closed);
    // Another request opens nothing.
    expect(await signIn(email, await requestCode(email, 2))).toMatchObject(closed);
    testApp.clock.advance(10 * 60 + 1);
    expect(await signIn(email, await requestCode(email, 3))).toMatchObject({
      __typename: 'AuthPayload',
    });
  });

  it('takes the latest three codes of an address, and no older one: CONSUMED', async () => {
    const { email } = await signUp(testApp);
    const codes = [];
    for (let count = 1; count <= 4; count++) codes.push(await requestCode(email, count));
    const [oldest = '', older = '', ...latest] = codes;
    if (![older, ...latest].includes(oldest)) {
      expect(await signIn(email, oldest)).toEqual(unfit('CONSUMED'));
    }
    expect(await signIn(email, older)).toMatchObject({ __typename: 'AuthPayload' });
  });

  it('does not take a code that is sent twice for a guess', async () => {
    const { email } = await signUp(testApp);
    const used = await requestCode(email);
    await signIn(email, used);
    for (let count = 0; count < 5; count++) {
      expect(await signIn(email, used)).toEqual(unfit('CONSUMED'));
    }
    const next = await requestCode(email, 2);
    if (next !== used)
      expect(await signIn(email, next)).toMatchObject({ __typename: 'AuthPayload' });
  });

  it('remembers wrong codes however many requests come after them: RATE_LIMITED', async () => {
    const { email } = await signUp(testApp);
    const code = await requestCode(email);
    for (let count = 0; count < 5; count++) await signIn(email, otherThan(code));
    const expiresAt = new Date(testApp.clock.now().getTime() + 600_000);
    const request = { purpose: 'SIGN_IN_CODE' as const, email, expiresAt };
    await testApp.database.prisma.mailedToken.createMany({ data: Array(50).fill(request) });
    expect(await signIn(email, '000000')).toMatchObject({ __typename: 'RateLimitedError' });
  });

  it('counts wrong codes that come at once', async () => {
    const { email } = await signUp(testApp);
    const code = await requestCode(email);
    const tries = await Promise.all(
      Array.from({ length: 12 }, () => signIn(email, otherThan(code))),
    );
    const refused = tries.filter((answer) => answer?.__typename === 'InvalidTokenError');
    expect(refused).toHaveLength(5);
  });

  it('says that an account is suspended after the right code alone: ACCOUNT_UNAVAILABLE', async () => {
    const ada = await signUp(testApp);
    const code = await requestCode(ada.email);
    await suspend(testApp, ada);
    expect(await signIn(ada.email, otherThan(code))).toEqual(unfit('UNKNOWN'));
    expect(await signIn(ada.email, code)).toEqual({
      __typename: 'AccountUnavailableError',
      status: 'SUSPENDED',
    });
  });

  it('does the same for every address, when asked and when tried', async () => {
    const { email } = await signUp(testApp);
    const nobody = `${randomUUID()}@example.com`;
    await allMailsWorked(testApp);
    const watch = watchStatements(testApp.database);
    const known = await watch.record(() => request(email));
    await allMailsWorked(testApp);
    const unknown = await watch.record(() => request(nobody));
    expect(unknown.result).toEqual(known.result);
    expect(unknown.sent).toEqual(known.sent);
    await allMailsWorked(testApp);
    const wrong = otherThan(await mailedCode(testApp, email));
    const knownTry = await watch.record(() => signIn(email, wrong));
    const unknownTry = await watch.record(() => signIn(nobody, wrong));
    expect(unknownTry.result).toEqual(knownTry.result);
    expect(unknownTry.sent).toEqual(knownTry.sent);
  });

  it('tells the owner of an address without an account so', async () => {
    const nobody = `${randomUUID()}@example.com`;
    await request(nobody);
    const [mail] = await mailsTo(testApp, nobody);
    expect(mail?.text).toMatch(/no account/i);
    expect(mail?.text).not.toMatch(/^\s*\d{6}\s*$/m);
  });

  it('stays open to an owner whose password others guess at', async () => {
    const { email } = await signUp(testApp);
    const guess = async () =>
      (
        await ask(
          testApp,
          GuessPassword,
          { input: { email, password: 'wrong' } },
          { ipAddress: anyAddress() },
        )
      ).signIn?.__typename;
    for (let count = 0; count < 10; count++) await guess();
    expect(await guess()).toBe('RateLimitedError');
    expect(await signIn(email, await requestCode(email))).toMatchObject({
      __typename: 'AuthPayload',
    });
  });

  it('leaves audit entries, and the code nowhere', async () => {
    const ada = await signUp(testApp);
    const code = await requestCode(ada.email);
    await signIn(ada.email, otherThan(code));
    await signIn(ada.email, code);
    await allMailsWorked(testApp);
    const { prisma } = testApp.database;
    const actions = (await prisma.auditEvent.findMany({ orderBy: { id: 'asc' } })).map(
      ({ action }) => action,
    );
    expect(actions.slice(-3)).toEqual([
      'sign-in.code-requested',
      'sign-in.refused',
      'session.started',
    ]);
    const [mail] = await mailsTo(testApp, ada.email);
    expect(holdsCode(mail?.text ?? '', code)).toBe(true);
    const stored = Object.values(await dumpTables(testApp.database)).flat();
    const logged = testApp.logged.lines.map((line) => JSON.stringify(line));
    expect([...stored, ...logged].filter((line) => holdsCode(line, code))).toEqual([]);
  });

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '12345６'])(
    'refuses what is no code, such as %j: VALIDATION_FAILED',
    async (code) => {
      expect(await signIn('ada@example.com', code)).toEqual({
        __typename: 'ValidationError',
        issues: [{ path: ['input', 'code'] }],
      });
    },
  );
});
