import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { samplePassword } from '../../prisma/seed.ts';
import { openOutbox } from '../../src/platform/mail/outbox-transport.ts';
import { graphql } from '../generated/index.ts';
import { askServer, openServerYard } from '../support/server-process.ts';

const SignUp = graphql(`
  mutation AnyPortSignUp($input: SignUpInput!) { signUp(input: $input) { __typename } }
`);
const SignIn = graphql(`
  mutation AnyPortSignIn($input: SignInInput!) {
    signIn(input: $input) { ... on AuthPayload { tokens { accessToken } } }
  }
`);

it('PORT=0 takes a free port, which tokens, links in mails and the log name', async () => {
  const yard = await openServerYard();
  onTestFinished(yard.close);
  const server = yard.start({ PORT: '0' });
  const url = await server.ready();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);

  const ada = { email: 'ada@example.com', password: samplePassword };
  const { signIn } = await askServer(url, SignIn, { input: ada });
  const accessToken = signIn && 'tokens' in signIn ? signIn.tokens.accessToken : null;
  const { iss, aud } = decodeJwt(accessToken ?? '');
  expect({ iss, aud }).toEqual({ iss: url, aud: url });

  const input = { email: 'new@example.com', password: samplePassword, displayName: 'New' };
  await askServer(url, SignUp, { input });
  const { readAt } = await server.logged('mail');
  expect(readAt).toBe(`${url}/outbox`);
  const [mail] = await openOutbox(join(yard.dataDir, 'outbox'), () => new Date()).list();
  expect(mail?.text).toContain(`${url}/verify-email#token=`);
}, 60_000);
