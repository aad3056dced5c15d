import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** A tab in a profile of its own, with everything that it said and asked for. */
export interface Tab {
  readonly page: Page;
  /** Hosts, with their ports, that anything was requested from. */
  readonly hosts: ReadonlySet<string>;
  /** What pages wrote to the console, refusals by a content security policy among it, and threw. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the Chromium at CHROMIUM_PATH, or where Debian has it. */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
    args: quietly,
  });
}

/** Opens a tab that shares nothing with others. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const hosts = new Set<string>();
  const complaints: string[] = [];
  context.on('request', (request) => hosts.add(new URL(request.url()).host));
  context.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  context.on('weberror', (thrown) => complaints.push(String(thrown.error())));
  return { page, hosts, complaints, close: () => context.close() };
}
