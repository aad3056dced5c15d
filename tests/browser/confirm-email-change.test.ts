import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { askServer } from '../support/server-process.ts';
import { announced, makeUser, type Site, signInAt, useSite } from '../support/site.ts';

const RequestEmailChange = graphql(`
  mutation ChangePageRequest($input: EmailInput!) {
    requestEmailChange(input: $input) { __typename }
  }
`);

const confirm = (page: Page) => page.getByRole('button', { name: 'Confirm the new address' });

/** Has a user ask for another address; answers the link that goes to it. */
async function begin(site: Site) {
  const user = await makeUser(site);
  const newEmail = `${randomUUID()}@example.com`;
  const input = { email: newEmail };
  const answer = await askServer(site.url, RequestEmailChange, { input }, user.accessToken);
  expect(answer.requestEmailChange?.__typename).toBe('Accepted');
  const link = await site.linkIn(newEmail, 'Confirm your new e-mail address');
  return { ...user, newEmail, link };
}

describe('the page that confirms a new address', () => {
  const site = useSite();

  it('puts it in the place of the old one', async () => {
    const { email, newEmail, password, link } = await begin(site);
    const { page, hosts, complaints } = await site.openTab();
    await page.goto(link);
    await confirm(page).click();
    expect(await announced(page)).toContain('Your new address is confirmed');
    expect(await confirm(page).count()).toBe(0);
    expect(await signInAt(site, newEmail, password)).toBe('AuthPayload');
    expect(await signInAt(site, email, password)).toBe('InvalidCredentialsError');
    expect([...hosts]).toEqual([new URL(site.url).host]);
    expect(complaints).toEqual([]);
  });

  it('uses nothing up by being opened, and says so when a link was used already', async () => {
    const { email, password, link } = await begin(site);
    expect((await fetch(link)).status).toBe(200);
    const { page } = await site.openTab();
    await page.goto(link, { waitUntil: 'networkidle' });
    expect(await signInAt(site, email, password)).toBe('AuthPayload');
    for (const answer of [/is confirmed/, /used already/]) {
      const { page } = await site.openTab();
      await page.goto(link);
      await confirm(page).click();
      expect(await announced(page)).toMatch(answer);
    }
  });

  it('says so when a link is not whole', async () => {
    const { page } = await site.openTab();
    await page.goto(`${site.url}/confirm-email-change#token=abc`);
    await confirm(page).click();
    expect(await announced(page)).toContain('not valid');
  });

  it('takes the token out of the address bar, and asks for the link without one', async () => {
    const { page } = await site.openTab();
    await page.goto(`${site.url}/confirm-email-change#token=abc`);
    await confirm(page).waitFor();
    expect(page.url()).toBe(`${site.url}/confirm-email-change`);
    await page.reload();
    expect(await announced(page)).toBe('Please open this page by the link in the mail.');
    expect(await confirm(page).count()).toBe(0);
  });

  it('is worked by keyboard alone and speaks to screen readers', async () => {
    const { page } = await site.openTab();
    await page.goto(`${site.url}/confirm-email-change#token=abc`);
    await confirm(page).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).allInnerTexts()).toEqual([
      'Confirm your new e-mail address',
    ]);
    // Announced only if the region is there before its text is.
    expect(await page.getByRole('status').count()).toBe(1);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await announced(page)).toContain('not valid');
  });

  it('says what is missing where scripts are switched off', async () => {
    const { page } = await site.openTab({ javaScriptEnabled: false });
    await page.goto(`${site.url}/confirm-email-change`);
    expect(await page.locator('main').innerText()).toContain('This page needs JavaScript');
    expect(await page.getByRole('button').count()).toBe(0);
  });
});
