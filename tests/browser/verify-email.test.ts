import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { announced, type Site, type Stranger, signInAt, useSite } from '../support/site.ts';

/** Reads the link in the newest mail to somebody, as its recipient sees it. */
async function linkTo(site: Site, { email }: Stranger): Promise<string> {
  const { page, close } = await site.openTab();
  await openMail(page, site, email);
  const link = await page.frameLocator('iframe').getByRole('link').getAttribute('href');
  await close();
  return link ?? '';
}

async function openMail(page: Page, { url }: Site, email: string): Promise<void> {
  await page.goto(`${url}/outbox`);
  await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').click();
}

const confirm = (page: Page) => page.getByRole('button', { name: 'Confirm the address' });

describe('the page that confirms an address', () => {
  const site = useSite();

  it('is reached through the outbox, and ends in an account that can sign in', async () => {
    const stranger = await site.signUp();
    const { page, hosts, complaints } = await site.openTab();
    await openMail(page, site, stranger.email);
    await page.frameLocator('iframe').getByRole('link', { name: 'Confirm the address' }).click();
    await page.waitForURL(`${site.url}/verify-email`);
    await confirm(page).click();
    expect(await announced(page)).toBe('Your address is confirmed. You can sign in now.');
    expect(await confirm(page).count()).toBe(0);
    expect(await signInAt(site, stranger.email, stranger.password)).toBe('AuthPayload');
    expect([...hosts]).toEqual([new URL(site.url).host]);
    expect(complaints).toEqual([]);
  });

  it('uses nothing up by being opened, with scripts or without', async () => {
    const stranger = await site.signUp();
    const link = await linkTo(site, stranger);
    expect((await fetch(link)).status).toBe(200);
    for (const javaScriptEnabled of [true, false, true]) {
      const { page } = await site.openTab({ javaScriptEnabled });
      await page.goto(link, { waitUntil: 'networkidle' });
    }
    expect(await signInAt(site, stranger.email, stranger.password)).toBe('InvalidCredentialsError');
    const { page } = await site.openTab();
    await page.goto(link);
    await confirm(page).click();
    expect(await announced(page)).toContain('is confirmed');
  });

  it('says so when a link was used already', async () => {
    const link = await linkTo(site, await site.signUp());
    for (const answer of [/is confirmed/, /used already/]) {
      const { page, complaints } = await site.openTab();
      await page.goto(link);
      await confirm(page).click();
      expect(await announced(page)).toMatch(answer);
      expect(complaints).toEqual([]);
    }
  });

  it('says so when a link is not whole', async () => {
    const link = await linkTo(site, await site.signUp());
    const { page } = await site.openTab();
    await page.goto(link.slice(0, -1));
    await confirm(page).click();
    expect(await announced(page)).toContain('not valid');
  });

  it('takes the token out of the address bar and the history', async () => {
    const link = await linkTo(site, await site.signUp());
    const { page } = await site.openTab();
    await page.goto(link);
    await confirm(page).waitFor();
    expect(page.url()).toBe(`${site.url}/verify-email`);
    await page.goto(`${site.url}/outbox`);
    await page.goBack();
    expect(page.url()).toBe(`${site.url}/verify-email`);
    await page.reload();
    expect(await announced(page)).toBe('Please open this page by the link in the mail.');
    expect(await confirm(page).count()).toBe(0);
  });

  it('takes another link that is opened in the same tab', async () => {
    const [one, other] = [await site.signUp(), await site.signUp()];
    const { page } = await site.openTab();
    for (const stranger of [one, other]) {
      await page.goto(await linkTo(site, stranger));
      await confirm(page).click();
      expect(await announced(page)).toContain('is confirmed');
      expect(await signInAt(site, stranger.email, stranger.password)).toBe('AuthPayload');
    }
  });

  it('leaves no session behind', async () => {
    const link = await linkTo(site, await site.signUp());
    const { page } = await site.openTab();
    await page.goto(link);
    const answering = page.waitForResponse(`${site.url}/graphql`);
    await confirm(page).click();
    const { data } = await (await answering).json();
    const { accessToken, refreshToken } = data.verifyEmail.tokens;
    expect([typeof accessToken, refreshToken]).toEqual(['string', undefined]);
    await announced(page);
    const refused = await fetch(`${site.url}/graphql?query={currentSession{id}}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(refused.status).toBe(401);
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  });

  it('lets one try again when the server could not be reached', async () => {
    const link = await linkTo(site, await site.signUp());
    const { page } = await site.openTab();
    await page.goto(link);
    await page.context().setOffline(true);
    await confirm(page).click();
    expect(await announced(page)).toContain('cannot be reached');
    await page.context().setOffline(false);
    await confirm(page).click();
    await page.getByText('is confirmed').waitFor();
  });

  it('is worked by keyboard alone and speaks to screen readers', async () => {
    const link = await linkTo(site, await site.signUp());
    const { page } = await site.openTab();
    await page.goto(link);
    await confirm(page).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.getByRole('heading', { level: 1 }).allInnerTexts()).toEqual([
      'Confirm your e-mail address',
    ]);
    // Announced only if the region is there before its text is.
    expect(await page.getByRole('status').count()).toBe(1);
    await page.keyboard.press('Tab');
    expect(await confirm(page).evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    expect(await announced(page)).toContain('is confirmed');
  });

  it('says what is missing where scripts are switched off', async () => {
    const { page } = await site.openTab({ javaScriptEnabled: false });
    await page.goto(`${site.url}/verify-email`);
    expect(await page.locator('main').innerText()).toContain('This page needs JavaScript');
    expect(await confirm(page).count()).toBe(0);
  });
});
