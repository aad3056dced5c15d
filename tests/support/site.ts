import { randomUUID } from 'node:crypto';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
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
    closers.push(() => browser.close());
    Object.assign(running, {
      url,
      dataDir: yard.dataDir,
      openTab: async (options) => {
        const tab = await openTab(browser, options);
        tabs.push(tab);
        return tab;
      },
      signUp: createSignUp(server, url),
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

function createSignUp(server: ServerProcess, url: string): () => Promise<Stranger> {
  let mails = 0;
  return async () => {
    const email = `${randomUUID()}@example.com`;
    const password = 'a password of good length';
    await askServer(url, SignUp, { input: { email, password, displayName: 'Ada' } });
    mails += 1;
    await server.logged('mail', mails);
    return { email, password };
  };
}
