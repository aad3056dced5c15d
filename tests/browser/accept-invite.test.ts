import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { samplePassword } from '../../prisma/seed.ts';
import { graphql } from '../generated/index.ts';
import { askServer } from '../support/server-process.ts';
import { announced, type Site, signInAt, useSite } from '../support/site.ts';

const SignInAdmin = graphql(`
  mutation InvitingSignIn($input: SignInInput!) {
    signIn(input: $input) { __typename ... on AuthPayload { tokens { accessToken } } }
  }
`);
const Invite = graphql(`
  mutation InviteToSite($input: CreateUserInput!) { createUser(input: $input) { __typename } }
`);

const password = 'an entirely new password';
const field = (page: Page) => page.getByLabel('New password');
const set = (page: Page) => page.getByRole('button', { name: 'Set the password' });

describe('the page that accepts an invitation', () => {
  const site = useSite();

  it('sets the password that is typed behind the link', async () => {
    const { email, link } = await invite(site);
    expect(new URL(link).pathname).toBe('/accept-invite');
    const { page, hosts, complaints } = await site.openTab();
    await page.goto(link);
    expect(await page.getByRole('heading', { level: 1 }).allInnerTexts()).toEqual([
      'Choose a password',
    ]);
    expect(page.url()).toBe(`${site.url}/accept-invite`);
    await field(page).fill('short');
    await set(page).click();
    expect(await announced(page)).toContain('15 characters');
    await field(page).fill(password);
    await set(page).click();
    await page.getByText('Your password is set. You can sign in now.').waitFor();
    expect(await set(page).count()).toBe(0);
    expect(await signInAt(site, email, password)).toBe('AuthPayload');
    expect([...hosts]).toEqual([new URL(site.url).host]);
    expect(complaints).toEqual([]);
  });

  it('uses nothing up by being opened, and offers another link once it is used', async () => {
    const { email, link } = await invite(site);
    for (const outcome of ['is set', 'used already']) {
      expect((await fetch(link)).status).toBe(200);
      const { page, complaints } = await site.openTab();
      await page.goto(link);
      await field(page).fill(password);
      await set(page).click();
      expect(await announced(page)).toContain(outcome);
      expect(await page.getByLabel('E-mail address').isVisible()).toBe(outcome === 'used already');
      expect(complaints).toEqual([]);
    }
    expect(await signInAt(site, email, password)).toBe('AuthPayload');
  });
});

/** Has the administrator of the sample accounts invite somebody. */
async function invite({ url, linkIn }: Site): Promise<{ email: string; link: string }> {
  const admin = { email: 'admin@example.com', password: samplePassword };
  const { signIn } = await askServer(url, SignInAdmin, { input: admin });
  if (signIn?.__typename !== 'AuthPayload') throw new Error('The sign-in was refused.');
  const email = `${randomUUID()}@example.com`;
  const input = { email, displayName: 'Grace' };
  await askServer(url, Invite, { input }, signIn.tokens.accessToken ?? '');
  return { email, link: await linkIn(email, 'You are invited') };
}
