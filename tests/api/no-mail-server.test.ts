import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openEmbedded } from '../../src/platform/database/embedded.ts';
import { graphql } from '../generated/index.ts';
import { production } from '../support/production.ts';
import { askServer, entriesOf, openServerYard } from '../support/server-process.ts';

const ResendVerification = graphql(`
  mutation NoMailServerResendVerification($input: EmailInput!) {
    resendVerification(input: $input) { __typename }
  }
`);
const SignUp = graphql(`
  mutation NoMailServerSignUp($input: SignUpInput!) {
    signUp(input: $input) { __typename }
  }
`);

it('a production server without SMTP takes no sign-ups, and gives a mail up at its first try', async () => {
  const yard = await openServerYard();
  onTestFinished(yard.close);
  const { SMTP_URL: _, PUBLIC_URL: __, ...settings } = production;
  const email = 'root@example.org';
  const password = 'a password of good length';
  const server = yard.start({ ...settings, ADMIN_EMAIL: email, ADMIN_PASSWORD: password });
  const url = await server.ready();
  const signUp = { email: 'ada@example.org', password, displayName: 'Ada' };
  await expect(askServer(url, SignUp, { input: signUp })).rejects.toThrow('SIGN_UP_DISABLED');

  const answer = await askServer(url, ResendVerification, { input: { email } });
  expect(answer).toEqual({ resendVerification: { __typename: 'Accepted' } });
  expect(await server.logged('A job failed for good.')).toMatchObject({
    job: 'mail',
    attempt: 1,
    fault: { type: 'MailError', code: 'ENOSERVER' },
  });
  server.signal('SIGTERM');
  expect(await server.exited).toBe(0);

  const messages = entriesOf(server.output).map(({ msg }) => msg);
  expect(messages.filter((message) => String(message).startsWith('A job '))).toHaveLength(1);
  expect(server.output.join()).not.toContain(email);
  const database = await openEmbedded({
    kind: 'embedded',
    dataDir: join(yard.dataDir, 'database'),
  });
  const jobs = await database.prisma.$queryRaw`
    SELECT state::text, retry_count AS tries FROM pgboss.job WHERE name = 'mail'`;
  expect(jobs).toEqual([{ state: 'failed', tries: 0 }]);
  await database.close();
}, 60_000);
