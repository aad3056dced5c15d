import { describe, expect, it } from 'vitest';
import { signUp } from '../support/people.ts';
import { postGraphql } from '../support/raw-request.ts';
import { type TestApp, useTestApp } from '../support/test-app.ts';

/** Signs in with a header of one's own making and answers the address that is kept of it. */
async function addressOfSession(testApp: TestApp, forwardedFor: string): Promise<string | null> {
  const { email, password } = await signUp(testApp);
  const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';
  const headers = {
    'x-forwarded-for': forwardedFor,
    forwarded: 'for=6.6.6.6',
    'x-real-ip': '6.6.6.6',
  };
  const variables = { input: { email, password } };
  await postGraphql(testApp, { query, variables }, headers, '10.0.0.1');
  const newest = { orderBy: { createdAt: 'desc' } } as const;
  return (await testApp.database.prisma.session.findFirstOrThrow(newest)).ipAddress;
}

describe('the address that is kept of a client', () => {
  const direct = useTestApp();
  const behindOne = useTestApp({ TRUSTED_PROXY_HOPS: '1' });

  it('is that of the socket where no proxy is trusted', async () => {
    expect(await addressOfSession(direct, '6.6.6.6')).toBe('10.0.0.1');
  });

  it('is that which the trusted proxy saw, not what the client claimed', async () => {
    expect(await addressOfSession(behindOne, '6.6.6.6, 203.0.113.7')).toBe('203.0.113.7');
  });
});
