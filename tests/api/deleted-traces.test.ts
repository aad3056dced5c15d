import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import type { DeletionMode } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { deleteUser, runDeletionJobs, scheduleDeletion } from '../support/deletion.ts';
import { allMailsWorked, mailedCode, mailsTo, tokenIn } from '../support/mails.ts';
import { databaseId, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { ask, type Sender } from '../support/request.ts';
import { type TestApp, useTestApp } from '../support/test-app.ts';

const SignUp = graphql(`
  mutation TracesSignUp($input: SignUpInput!) { signUp(input: $input) { __typename } }
`);
const Verify = graphql(`
  mutation TracesVerify($input: TokenInput!) {
    verifyEmail(input: $input) {
      ... on AuthPayload { user { id } session { id } tokens { accessToken refreshToken } }
    }
  }
`);
const Update = graphql(`
  mutation TracesUpdate($input: UpdateProfileInput!) {
    updateProfile(input: $input) { __typename }
  }
`);
const Resend = graphql(`
  mutation TracesResend($input: EmailInput!) { resendVerification(input: $input) { __typename } }
`);
const Reset = graphql(`
  mutation TracesReset($input: EmailInput!) { requestPasswordReset(input: $input) { __typename } }
`);
const Code = graphql(`
  mutation TracesCode($input: EmailInput!) { requestSignInCode(input: $input) { __typename } }
`);
const UseCode = graphql(`
  mutation TracesUseCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { __typename }
  }
`);
const SignIn = graphql(`
  mutation TracesSignIn($input: SignInInput!) { signIn(input: $input) { __typename } }
`);
const Move = graphql(`
  mutation TracesMove($input: EmailInput!) { requestEmailChange(input: $input) { __typename } }
`);
const Export = graphql(`
  mutation TracesExport { requestDataExport { __typename } }
`);

const otherEmail = 'trillian.traceable@example.com';
const password = 'a password of good length';
const traces = [
  'traceable',
  'Zaphod Beeblebrox',
  'heartofgold',
  '198.51.100.77',
  'InfiniteImprobability/42',
  'living room phone',
];
const sender: Sender = { ipAddress: '198.51.100.77', userAgent: 'InfiniteImprobability/42' };

/** Does whatever leaves something behind. */
async function live(testApp: TestApp): Promise<Person> {
  const email = `zaphod.traceable.${randomUUID()}@example.com`;
  const displayName = 'Zaphod Beeblebrox';
  await ask(testApp, SignUp, { input: { email, password, displayName } }, sender);
  const token = tokenIn((await mailsTo(testApp, email))[0]);
  const { verifyEmail } = await ask(testApp, Verify, { input: { token } }, sender);
  if (!verifyEmail || !('user' in verifyEmail)) throw new Error('The sign-up was refused.');
  const { user, session, tokens } = verifyEmail;
  const accessToken = tokens.accessToken ?? '';
  const own = { ...sender, accessToken };
  await ask(testApp, Update, { input: { username: 'heartofgold' } }, own);
  const input = { email };
  await ask(testApp, SignUp, { input: { email, password, displayName } }, sender);
  // The audit trail knows nobody who asked for this, and so keeps from where.
  await ask(testApp, Resend, { input }, { ipAddress: '198.51.100.78', userAgent: 'anybody' });
  await ask(testApp, Reset, { input }, sender);
  await ask(testApp, Code, { input }, sender);
  const code = await mailedCode(testApp, email);
  await ask(testApp, UseCode, { input: { ...input, code, deviceLabel: traces[5] } }, sender);
  await ask(testApp, SignIn, { input: { ...input, password: 'wrong' } }, sender);
  await ask(testApp, SignIn, { input: { ...input, password, deviceLabel: traces[5] } }, sender);
  await ask(testApp, Move, { input: { email: otherEmail } }, own);
  await ask(testApp, Export, {}, own);
  await allMailsWorked(testApp);
  const userId = databaseId(user.id);
  await testApp.database.prisma.idempotencyKey.create({
    data: {
      userId,
      operation: 'createUser',
      key: Buffer.from(email),
      inputDigest: Buffer.from(email),
      resultId: userId,
    },
  });
  await testApp.database.prisma.avatar.create({
    data: {
      userId,
      digest: 'x',
      renditions: { create: { size: 64, content: Buffer.from(email) } },
    },
  });
  return {
    id: user.id,
    userId,
    sessionId: databaseId(session.id),
    email,
    password,
    displayName,
    accessToken,
    refreshToken: tokens.refreshToken ?? '',
  };
}

/** Reads all tables of all schemas as text, bytes as what they spell. */
async function dumpEverything({ prisma }: Database): Promise<Record<string, string>> {
  const tables = await prisma.$queryRaw<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;
  const dump: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = await prisma.$queryRawUnsafe<{ row: string }[]>(
      `SELECT to_jsonb(t)::text AS row FROM ${name} t`,
    );
    const text = rows.map(({ row }) => row).join('\n');
    const bytes = text.match(/\\\\x[0-9a-f]+/g) ?? [];
    const spelt = bytes.map((hex) => Buffer.from(hex.slice(3), 'hex').toString('latin1'));
    dump[name] = [text, ...spelt].join('\n');
  }
  return dump;
}

/** Lists in which tables a trace is found. */
async function findTraces(database: Database): Promise<string[]> {
  const dump = Object.entries(await dumpEverything(database));
  return dump.flatMap(([table, text]) =>
    traces.filter((trace) => text.includes(trace)).map((trace) => `${table}: ${trace}`),
  );
}

const whole = { timeout: 60_000 };

describe('what is left of a person', whole, () => {
  const testApp = useTestApp();

  it.each<DeletionMode>(['ANONYMIZE', 'ERASE'])(
    'is nothing personal in the whole database, after %s',
    async (mode) => {
      const admin = await signUpAdmin(testApp);
      const person = await live(testApp);
      const tables = (await findTraces(testApp.database)).map((found) => found.split(':')[0]);
      expect([...new Set(tables)]).toEqual(
        expect.arrayContaining(
          [
            'public.user',
            'public.session',
            'public.sign_up',
            'public.mailed_token',
            'public.audit_origin',
            'public.avatar_rendition',
            'public.idempotency_key',
          ].map((name) => name.replace('public.user', 'public."user"')),
        ),
      );
      await deleteUser(testApp, admin, person.id, mode);
      await runDeletionJobs(testApp, person);
      await mailsTo(testApp, person.email, 1, /deleted by an administrator/);
      await allMailsWorked(testApp);
      expect(await findTraces(testApp.database)).toEqual([]);
    },
  );

  it('is nothing personal, either, once the grace of their own wish is over', async () => {
    await signUpAdmin(testApp);
    const person = await live(testApp);
    await scheduleDeletion(testApp, { ...sender, accessToken: person.accessToken }, 1);
    testApp.clock.advance(24 * 60 * 60 + 1);
    await runDeletionJobs(testApp, person);
    await mailsTo(testApp, person.email, 1, /as you asked/);
    await allMailsWorked(testApp);
    expect(await findTraces(testApp.database)).toEqual([]);
  });

  it('is nothing of anybody else less', async () => {
    const admin = await signUpAdmin(testApp);
    const bob = await signUp(testApp, 'Bob');
    const person = await live(testApp);
    const { prisma } = testApp.database;
    const before = {
      origins: await prisma.auditOrigin.count({ where: { event: { actorId: bob.userId } } }),
      sessions: await prisma.session.count({ where: { userId: bob.userId } }),
    };
    expect(before.origins).toBeGreaterThan(0);
    await deleteUser(testApp, admin, person.id, 'ERASE');
    await runDeletionJobs(testApp, person);
    expect({
      origins: await prisma.auditOrigin.count({ where: { event: { actorId: bob.userId } } }),
      sessions: await prisma.session.count({ where: { userId: bob.userId } }),
    }).toEqual(before);
    const acts = await prisma.auditEvent.count({ where: { actorId: person.userId } });
    expect(acts).toBeGreaterThan(3);
  });
});
