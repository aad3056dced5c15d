import { describe, expect, it } from 'vitest';
import { holdsSampleAccounts } from '../../src/modules/administration/first-accounts.ts';
import { permissions } from '../../src/modules/role/role.rules.ts';
import { graphql } from '../generated/index.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { signUp } from '../support/people.ts';
import { production } from '../support/production.ts';
import { ask } from '../support/request.ts';
import { startTestApp, useTestApp } from '../support/test-app.ts';

const SignIn = graphql(`
  mutation FirstAccountsSignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on AuthPayload { user { email permissions } }
    }
  }
`);

const password = 'a password of good length';
const admin = {
  email: 'Root@Example.COM',
  displayName: 'Root',
  password,
  roles: ['admin', 'user'] as const,
};

describe('the first accounts', () => {
  const testApp = useTestApp();

  it('can sign in, however their address was written', async () => {
    expect(await testApp.app.createFirstAccounts('first-admin', [admin])).toBe(true);
    const { signIn } = await ask(testApp, SignIn, { input: { email: admin.email, password } });
    expect(signIn).toEqual({
      __typename: 'AuthPayload',
      user: { email: 'root@example.com', permissions: [...permissions].sort() },
    });
  });

  it('are made in a database without users only', async () => {
    await signUp(testApp);
    expect(await testApp.app.createFirstAccounts('first-admin', [admin])).toBe(false);
    expect(await testApp.database.prisma.user.count()).toBe(1);
  });

  it('are made once when several ask at once', async () => {
    const create = () => testApp.app.createFirstAccounts('first-admin', [admin]);
    const outcomes = await Promise.all([create(), create(), create()]);
    expect(outcomes.toSorted()).toEqual([false, false, true]);
    expect(await testApp.database.prisma.user.count()).toBe(1);
  });
});

describe('a database that began with sample accounts', () => {
  it('is refused in production', async () => {
    const opened = await openTestDatabase();
    const keepOpen = async () => ({ ...opened, close: async () => {} });
    const development = await startTestApp({}, keepOpen);
    await development.app.createFirstAccounts('sample-accounts', [admin]);
    await development.stop();
    expect(await holdsSampleAccounts(opened)).toBe(true);
    await expect(startTestApp(production, keepOpen)).rejects.toThrow(/sample accounts/);
    await opened.close();
  });
});
