import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { signUp } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const RefreshSession = graphql(`
  mutation RefreshReuse($input: RefreshInput!) {
    refreshSession(input: $input) {
      ... on AuthPayload { tokens { refreshToken } }
      ... on InvalidTokenError { reason }
    }
  }
`);

describe('refreshSession, where a replaced token leads on until its successor is used', () => {
  const testApp = useTestApp({ REFRESH_REUSE: 'until-used' });
  const refresh = async (refreshToken: string) => {
    const { refreshSession } = await ask(testApp, RefreshSession, { input: { refreshToken } });
    if (refreshSession && 'tokens' in refreshSession)
      return refreshSession.tokens.refreshToken ?? '';
    return refreshSession;
  };
  const pass = (days: number) => testApp.database.prisma.$executeRaw`
    UPDATE session SET rotated_at = rotated_at - make_interval(days => ${days}::int)`;

  it('takes the parent at any age, and answers the one successor', async () => {
    const { refreshToken } = await signUp(testApp);
    const child = await refresh(refreshToken);
    for (const days of [1, 20]) {
      await pass(days);
      expect(await refresh(refreshToken)).toBe(child);
    }
    expect(await testApp.database.prisma.session.findFirst()).toMatchObject({ counter: 1 });
  });

  it('ends the session when the parent comes back after its successor was used: REVOKED', async () => {
    const { refreshToken } = await signUp(testApp);
    const child = await refresh(refreshToken);
    await pass(1);
    const grandchild = await refresh(String(child));
    expect(await refresh(refreshToken)).toEqual({ reason: 'REVOKED' });
    expect(await refresh(String(grandchild))).toEqual({ reason: 'REVOKED' });
  });
});
