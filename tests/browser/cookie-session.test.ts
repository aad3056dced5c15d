import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { sampleAccounts } from '../../prisma/seed.ts';
import { useSite } from '../support/site.ts';

const signIn = `mutation ($input: SignInInput!) {
  signIn(input: $input) { ... on AuthPayload { tokens { refreshToken } } ... on Error { code } }
}`;
const refresh = `mutation {
  refreshSession(input: {}) { __typename ... on Error { code } }
}`;
const session = '{ currentSession { id } }';

/** Asks as a script of a page does. */
const ask = (page: Page, query: string, variables: object = {}, csrf = '1') =>
  page.evaluate(
    async ([body, csrf]) => {
      const headers = { 'content-type': 'application/json', 'x-latchkey-csrf': csrf };
      const response = await fetch('/graphql', { method: 'POST', headers, body });
      return await response.json();
    },
    [JSON.stringify({ query, variables }), csrf] as const,
  );

describe('a session in the cookies of a browser', () => {
  const site = useSite();

  async function openTwoTabs(): Promise<[Page, Page]> {
    const { page } = await site.openTab();
    const tabs: [Page, Page] = [page, await page.context().newPage()];
    await Promise.all(tabs.map((tab) => tab.goto(`${site.url}/verify-email`)));
    const { email, password } = sampleAccounts[0] ?? {};
    const input = { email, password, delivery: 'COOKIE' };
    const { data } = await ask(page, signIn, { input });
    expect(data).toEqual({ signIn: { tokens: { refreshToken: null } } });
    return tabs;
  }

  it('is out of reach of scripts, and that of both tabs', async () => {
    const [one, other] = await openTwoTabs();
    expect(await one.evaluate(() => document.cookie)).toBe('');
    expect(await one.context().cookies()).toMatchObject([
      { name: 'latchkey-access', httpOnly: true, sameSite: 'Lax', path: '/' },
      { name: 'latchkey-refresh', httpOnly: true, sameSite: 'Lax', path: '/' },
    ]);
    const { data } = await ask(one, session);
    expect(data.currentSession).not.toBeNull();
    expect(await ask(other, session)).toEqual({ data });
  });

  it('goes on in both when both refresh at the same moment, time and again', async () => {
    const tabs = await openTwoTabs();
    const before = await ask(tabs[0], session);
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(tabs.map((tab) => ask(tab, refresh)));
      const refreshed = { data: { refreshSession: { __typename: 'AuthPayload' } } };
      expect(answers).toEqual([refreshed, refreshed]);
      for (const tab of tabs) expect(await ask(tab, session)).toEqual(before);
    }
  });

  it('leaves the browser with a sign-out, in both', async () => {
    const [one, other] = await openTwoTabs();
    await ask(one, 'mutation { signOut { __typename } }');
    expect(await one.context().cookies()).toEqual([]);
    expect(await ask(other, session)).toEqual({ data: { currentSession: null } });
  });

  it('is not lent to a request without the header: CSRF_HEADER_REQUIRED', async () => {
    const [page] = await openTwoTabs();
    const { errors } = await ask(page, session, {}, '');
    expect(errors).toMatchObject([{ extensions: { code: 'CSRF_HEADER_REQUIRED' } }]);
  });

  it('does not keep GraphiQL on the same host from being a stranger', async () => {
    const [page] = await openTwoTabs();
    const answering = page.waitForResponse((answer) => answer.request().method() === 'POST');
    await page.goto(`${site.url}/graphql`);
    expect((await answering).status()).toBe(200);
  });
});
