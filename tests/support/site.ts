import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { openOutbox } from '../../src/platform/mail/outbox-transport.ts';
import { graphql } from '../generated/index.ts';
import { openTab, startChromium, type Tab } from './chromium.ts';
import { askServer, openServerYard, type ServerProcess } from './server-process.ts';

/** A development server of its own and a browser to look at it with. */
export interface Site {
  readonly url: string;
  readonly dataDir: string;
  /** Opens a tab that is closed after the test. */
  openTab(options?: BrowserContextOptions): Promise<Tab>;
  /** Signs a stranger up and waits until the mail is in the outbox. */
  signUp(): Promise<Stranger>;
  /** Waits for the newest mail of a subject to an address, and answers the link in it. */
  linkIn(email: string, subject: string): Promise<string>;
}

/** Somebody who signed up and has not confirmed the address yet. */
export interface Stranger {
  email: string;
  password: string;
}

const SignUp = graphql(`
  mutation SiteSignUp($input: SignUpInput!) {
    signUp(input: $input) { __typename }
  }
`);

/** A stranger who confirmed the address. */
export interface SiteUser extends Stranger {
  accessToken: string;
}

const confirmSubject = 'Confirm your e-mail address';

const VerifyEmail = graphql(`
  mutation SiteVerifyEmail($input: TokenInput!) {
    verifyEmail(input: $input) {
      __typename
      ... on AuthPayload { tokens { accessToken } }
    }
  }
`);

const SignIn = graphql(`
  mutation SiteSignIn($input: SignInInput!) {
    signIn(input: $input) { __typename }
  }
`);

/** Starts a server and a browser once for a test file; answers what is filled in by then. */
export function useSite(): Site {
  const tabs: Tab[] = [];
  const closers: (() => Promise<void>)[] = [];
  const running: Partial<Site> = {};
  beforeAll(async () => {
    const yard = await openServerYard();
    closers.push(yard.close);
    const server = yard.start();
    const url = await server.ready();
    const browser = await startChromium();
    const linkIn = createLinkIn(server, yard.dataDir);
    closers.push(() => browser.close());
    Object.assign(running, {
      url,
      dataDir: yard.dataDir,
      openTab: async (options) => {
        const tab = await openTab(browser, options);
        tabs.push(tab);
        return tab;
      },
      signUp: createSignUp(url, linkIn),
      linkIn,
    } satisfies Site);
  });
  afterEach(async () => {
    await Promise.all(tabs.splice(0).map((tab) => tab.close()));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });
  return running as Site;
}

/** Answers what waits for the mail of a subject to somebody, and reads the link in it. */
function createLinkIn(server: ServerProcess, dataDir: string): Site['linkIn'] {
  const outbox = openOutbox(join(dataDir, 'outbox'), systemClock);
  return async (email, subject) => {
    for (let mails = 1; ; mails++) {
      await server.logged('mail', mails);
      const sent = await outbox.list();
      const mail = sent.find((one) => one.to === email && one.subject === subject);
      if (mail) return /^https?:\S+$/m.exec(mail.text)?.[0] ?? '';
    }
  };
}

function createSignUp(url: string, linkIn: Site['linkIn']): Site['signUp'] {
  return async () => {
    const email = `${randomUUID()}@example.com`;
    const password = 'a password of good length';
    await askServer(url, SignUp, { input: { email, password, displayName: 'Ada' } });
    await linkIn(email, confirmSubject);
    return { email, password };
  };
}

/** Confirms the address of a stranger. */
export async function makeUser(site: Site): Promise<SiteUser> {
  const stranger = await site.signUp();
  const [, token = ''] = (await site.linkIn(stranger.email, confirmSubject)).split('#token=');
  const { verifyEmail } = await askServer(site.url, VerifyEmail, { input: { token } });
  if (verifyEmail?.__typename !== 'AuthPayload') throw new Error('The address was not confirmed.');
  return { ...stranger, accessToken: verifyEmail.tokens.accessToken ?? '' };
}

/** Signs in; answers the name of the result's type. */
export async function signInAt(site: Site, email: string, password: string) {
  const { signIn } = await askServer(site.url, SignIn, { input: { email, password } });
  return signIn?.__typename;
}

/** Resolves with what a page announces. */
export async function announced(page: Page): Promise<string> {
  return await page.getByRole('status').filter({ hasText: /\S/ }).innerText();
}
