import { expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { mailsTo } from '../support/mails.ts';
import { production } from '../support/production.ts';
import { fetchFrom } from '../support/raw-request.ts';
import { ask } from '../support/request.ts';
import { startTestApp, useTestApp } from '../support/test-app.ts';

const SignUp = graphql(`
  mutation MailLogSignUp($input: SignUpInput!) { signUp(input: $input) { __typename } }
`);

const input = {
  email: 'ada.lovelace@example.com',
  password: 'a password of good length',
  displayName: 'Ada Lovelace',
};

const testApp = useTestApp();

it('points at the outbox, where the mail can be read', async () => {
  await ask(testApp, SignUp, { input });
  const { readAt } = await testApp.logged.line('mail');
  expect(readAt).toBe(`${testApp.config.publicUrl}/outbox`);
  const { status, text } = await fetchFrom(testApp, new URL(String(readAt)).pathname);
  expect(status).toBe(200);
  expect(text).toContain(input.email);
});

it('says what was sent and for which job, not to whom', async () => {
  const { logged } = testApp;
  await ask(testApp, SignUp, { input });
  const [mail] = await mailsTo(testApp, input.email);
  const line = await logged.line('mail');
  expect(Object.keys(line).sort()).toEqual(['jobId', 'kind', 'level', 'msg', 'readAt', 'time']);
  expect(line).toMatchObject({ kind: 'verify-email', jobId: expect.any(String) });
  const token = /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
  expect(token).not.toBe('');
  for (const secret of [input.email, 'ada.lovelace', input.displayName, input.password, token]) {
    expect(logged.text()).not.toContain(secret);
  }
});

it('points nowhere in production', async () => {
  const live = await startTestApp(production);
  await ask(live, SignUp, { input });
  await mailsTo(live, input.email);
  expect(Object.keys(await live.logged.line('mail'))).not.toContain('readAt');
  expect(live.logged.text()).not.toContain(input.email);
  await live.stop();
});
