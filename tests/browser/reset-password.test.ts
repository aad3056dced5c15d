import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { announced, makeUser, type Site, signInAt, useSite } from '../support/site.ts';

const subject = 'Choose a new password';
const newPassword = 'an entirely different password';

const field = (page: Page) => page.getByLabel('New password');
const change = (page: Page) => page.getByRole('button', { name: 'Change the password' });
const toggle = (page: Page) => page.getByRole('button', { name: 'Show the password' });

/** Asks for the link on the page itself, as somebody does who has no app. */
async function askForLink(site: Site, email: string): Promise<void> {
  const { page, complaints } = await site.openTab();
  await page.goto(`${site.url}/reset-password`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  expect(await announced(page)).toBe('If the address has an account, a link is on its way to it.');
  expect(complaints).toEqual([]);
}

async function begin(site: Site) {
  const user = await makeUser(site);
  await askForLink(site, user.email);
  return { ...user, link: await site.linkIn(user.email, subject) };
}

describe('the page that resets a password', () => {
  const site = useSite();

  it('sends a link, and sets the password that is typed behind it', async () => {
    const { email, password, link } = await begin(site);
    const { page, hosts, complaints } = await site.openTab();
    await page.goto(link);
    await field(page).fill(newPassword);
    await change(page).click();
    expect(await announced(page)).toContain('Your password is changed');
    expect(await change(page).count()).toBe(0);
    expect(await signInAt(site, email, newPassword)).toBe('AuthPayload');
    expect(await signInAt(site, email, password)).toBe('InvalidCredentialsError');
    expect([...hosts]).toEqual([new URL(site.url).host]);
    expect(complaints).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  });

  it('says which rule a password breaks, and takes the next', async () => {
    const { email, link } = await begin(site);
    const { page } = await site.openTab();
    await page.goto(link);
    await field(page).fill('short');
    await change(page).click();
    expect(await announced(page)).toContain('15 characters');
    expect(await field(page).getAttribute('aria-invalid')).toBe('true');
    expect(await field(page).evaluate((input) => input === document.activeElement)).toBe(true);
    await field(page).fill(newPassword);
    await change(page).click();
    await page.getByText('Your password is changed').waitFor();
    expect(await signInAt(site, email, newPassword)).toBe('AuthPayload');
  });

  it('uses nothing up by being opened', async () => {
    const { link } = await begin(site);
    expect((await fetch(link)).status).toBe(200);
    for (const _opened of ['once', 'twice']) {
      const { page } = await site.openTab();
      await page.goto(link, { waitUntil: 'networkidle' });
    }
    const { page } = await site.openTab();
    await page.goto(link);
    await field(page).fill(newPassword);
    await change(page).click();
    expect(await announced(page)).toContain('Your password is changed');
  });

  it('offers another link when one was used already', async () => {
    const { link } = await begin(site);
    for (const answer of [/is changed/, /used already/]) {
      const { page, complaints } = await site.openTab();
      await page.goto(link);
      await field(page).fill(newPassword);
      await change(page).click();
      expect(await announced(page)).toMatch(answer);
      expect(await field(page).isVisible()).toBe(false);
      expect(await page.getByLabel('E-mail address').isVisible()).toBe(
        String(answer).includes('used'),
      );
      expect(complaints).toEqual([]);
    }
  });

  it('says so when a link is not whole', async () => {
    const { page } = await site.openTab();
    await page.goto(`${site.url}/reset-password#token=abc`);
    await field(page).fill(newPassword);
    await change(page).click();
    expect(await announced(page)).toContain('not valid');
  });

  it('takes the token out of the address bar and the history', async () => {
    const { page } = await site.openTab();
    await page.goto(`${site.url}/reset-password#token=abc`);
    await change(page).waitFor();
    expect(page.url()).toBe(`${site.url}/reset-password`);
    await page.goto(`${site.url}/outbox`);
    await page.goBack();
    expect(page.url()).toBe(`${site.url}/reset-password`);
    await page.reload();
    await page.getByLabel('E-mail address').waitFor();
    expect(await field(page).isVisible()).toBe(false);
  });

  it('shows what is typed to whoever asks, and hides it before it is sent', async () => {
    const { page } = await site.openTab();
    await page.goto(`${site.url}/reset-password#token=abc`);
    expect(await field(page).getAttribute('type')).toBe('password');
    expect(await field(page).getAttribute('autocomplete')).toBe('new-password');
    await toggle(page).click();
    expect(await field(page).getAttribute('type')).toBe('text');
    expect(await toggle(page).getAttribute('aria-pressed')).toBe('true');
    await field(page).fill(newPassword);
    await change(page).click();
    await announced(page);
    expect(await page.locator('#password').getAttribute('type')).toBe('password');
  });

  it('takes a password that is pasted', async () => {
    const { page } = await site.openTab();
    await page.goto(`${site.url}/reset-password#token=abc`);
    await field(page).focus();
    await page.keyboard.insertText(newPassword);
    expect(await field(page).inputValue()).toBe(newPassword);
  });

  it('is worked by keyboard alone and speaks to screen readers', async () => {
    const { page } = await site.openTab();
    await page.goto(`${site.url}/reset-password#token=abc`);
    await change(page).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).allInnerTexts()).toEqual([subject]);
    // Announced only if the region is there before its text is.
    expect(await page.getByRole('status').count()).toBe(1);
    await page.keyboard.press('Tab');
    expect(await field(page).evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.type(newPassword);
    await page.keyboard.press('Enter');
    expect(await announced(page)).toContain('not valid');
  });

  it('says what is missing where scripts are switched off', async () => {
    const { page } = await site.openTab({ javaScriptEnabled: false });
    await page.goto(`${site.url}/reset-password`);
    expect(await page.locator('main').innerText()).toContain('This page needs JavaScript');
    expect(await page.getByRole('button').count()).toBe(0);
  });
});
