import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { announced, useSite } from '../support/site.ts';

/** A page behind a link of a mail, the mutation that it sends, and how a person gets it to. */
type LinkPage = [path: string, mutation: string, submit: (page: Page) => Promise<void>];

const press = (name: string) => (page: Page) => page.getByRole('button', { name }).click();
const pages: LinkPage[] = [
  ['verify-email', 'verifyEmail', press('Confirm the address')],
  ['confirm-email-change', 'confirmEmailChange', press('Confirm the new address')],
  [
    'reset-password',
    'resetPassword',
    async (page) => {
      await page.getByLabel('New password').fill('an entirely different password');
      await press('Change the password')(page);
    },
  ],
  [
    'accept-invite',
    'resetPassword',
    async (page) => {
      await page.getByLabel('New password').fill('an entirely different password');
      await press('Set the password')(page);
    },
  ],
];

const noMore = 'This link does not hold any more: the account has changed, or may not be used now.';
const wait = (time: string) => `Too many attempts. Please wait ${time}.`;

describe('the refusals that a page of a link tells', () => {
  const site = useSite();

  /** Has a page refused in the server's place, which seldom refuses so; answers what it says. */
  const refuse = async ([path, mutation, submit]: LinkPage, result: object) => {
    const { page, complaints } = await site.openTab();
    await page.route('**/graphql', (route) =>
      route.fulfill({ json: { data: { [mutation]: result } } }),
    );
    await page.goto(`${site.url}/${path}#token=abc`);
    await submit(page);
    const text = await announced(page);
    expect(complaints).toEqual([]);
    return { text, page };
  };

  it.each(pages)('are those of an account, and ones that it does not know: %s', async (...page) => {
    const because = (reason: string) =>
      refuse(page, { __typename: 'InvalidTokenError', reason }).then(({ text }) => text);
    expect(await because('REVOKED')).toBe(noMore);
    expect(await because('NEWER_THAN_THE_PAGE')).toBe('This link does not work.');
    const { text } = await refuse(page, { __typename: 'NewerError' });
    expect(text).toBe('That did not work. Please try again.');
  });

  it.each(pages)('say how long to wait, and let one try again: %s', async (...linkPage) => {
    const result = { __typename: 'RateLimitedError', retryAfterSeconds: 3000 };
    const { text, page } = await refuse(linkPage, result);
    expect(text).toBe(wait('50 minutes'));
    const asked = page.waitForRequest('**/graphql');
    await linkPage[2](page);
    expect((await asked).postData()).toContain('RateLimitedError { retryAfterSeconds }');
  });

  it.each([
    [1, '1 second'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [61, '2 minutes'],
    [3540, '59 minutes'],
    [3541, '1 hour'],
    [3600, '1 hour'],
    [7000, '2 hours'],
  ])('say %i seconds in words: %s', async (retryAfterSeconds, words) => {
    const [page] = pages;
    if (!page) throw new Error('There are no pages.');
    const result = { __typename: 'RateLimitedError', retryAfterSeconds };
    expect((await refuse(page, result)).text).toBe(wait(words));
  });

  it('say so of mails, too, which there are only so many of in an hour', async () => {
    const { page } = await site.openTab();
    await page.goto(`${site.url}/reset-password`);
    for (let mails = 0; mails <= 5; mails++) {
      if (mails > 0) await page.reload();
      await page.getByLabel('E-mail address').fill('nobody@example.com');
      await page.getByRole('button', { name: 'Send the link' }).click();
      await announced(page);
    }
    expect(await announced(page)).toBe(wait('1 hour'));
  });
});
