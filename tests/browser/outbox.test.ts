import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contrastOf, luminance } from '../support/contrast.ts';
import { useSite } from '../support/site.ts';

const hostileHtml = (foreign: string) => `<!doctype html><html><head>
<meta http-equiv="refresh" content="0; url=${foreign}/refresh">
<link rel="stylesheet" href="${foreign}/style.css">
<style>body { background: url(${foreign}/background.png) }</style>
</head><body onload="top.document.title = 'taken'">
<script>top.document.title = 'taken'; top.location = '${foreign}/script'</script>
<img src="${foreign}/pixel.png" onerror="top.document.title = 'taken'">
<iframe src="${foreign}/frame"></iframe>
</body></html>`;

/** Starts a server elsewhere that nothing may be asked of; closes it and answers what was. */
async function startForeignServer(): Promise<{ url: string; close(): Promise<string[]> }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    close: async () => {
      server.close();
      // Browsers connect ahead of requests that are then not allowed.
      server.closeAllConnections();
      await once(server, 'close');
      return asked;
    },
  };
}

describe('the outbox', () => {
  const site = useSite();

  it('lists what was sent, the newest first', async () => {
    const { page, complaints } = await site.openTab();
    await page.goto(`${site.url}/outbox`);
    await page.getByText('There are none yet').waitFor();
    const earlier = await site.signUp();
    const later = await site.signUp();
    await page.reload();
    const [first, second, ...rest] = await page.getByRole('listitem').allInnerTexts();
    expect([first, second]).toEqual([
      expect.stringContaining(later.email),
      expect.stringContaining(earlier.email),
    ]);
    expect(rest).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('shows a mail as HTML and as plain text', async () => {
    const { email } = await site.signUp();
    const { page } = await site.openTab();
    await page.goto(`${site.url}/outbox`);
    await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').click();
    const framed = page.frameLocator('iframe').getByRole('link');
    const link = await framed.getAttribute('href');
    await page.getByText('As plain text').click();
    expect(await page.locator('pre').getByRole('link').getAttribute('href')).toBe(link);
  });

  it('lets a hostile mail run nothing, load nothing and lead nowhere', async () => {
    const id = 'bad'.padEnd(32, '0');
    const mail = {
      id,
      to: 'ada@example.com',
      subject: 'Hostile',
      text: 'Hostile.',
      messageId: '<1>',
    };
    const outbox = join(site.dataDir, 'outbox');
    const foreign = await startForeignServer();
    const content = { html: hostileHtml(foreign.url), sentAt: new Date(0).toISOString() };
    await mkdir(outbox, { recursive: true });
    await writeFile(join(outbox, `${id}.json`), JSON.stringify({ ...mail, ...content }));
    const { page } = await site.openTab();
    await page.goto(`${site.url}/outbox?mail=${id}`, { waitUntil: 'networkidle' });
    expect(await page.title()).toBe('Hostile');
    expect(page.url()).toBe(`${site.url}/outbox?mail=${id}`);
    expect(await foreign.close()).toEqual([]);
  });
});

describe('the pages of the server', () => {
  const site = useSite();

  /** Opens each page in turn: the list, a mail, the page that its link leads to, those of other links. */
  async function* pages(options: Parameters<typeof site.openTab>[0]) {
    await site.signUp();
    const { page } = await site.openTab(options);
    await page.goto(`${site.url}/outbox`);
    yield page;
    await page.getByRole('listitem').first().getByRole('link').click();
    const link = page.frameLocator('iframe').getByRole('link');
    await link.waitFor();
    yield page;
    await link.click();
    await page.getByRole('button').waitFor();
    yield page;
    const others = ['confirm-email-change#token=abc', 'reset-password#token=abc', 'reset-password'];
    for (const other of others) {
      await page.goto('about:blank');
      await page.goto(`${site.url}/${other}`);
      await page.getByRole('button').last().waitFor();
      yield page;
    }
  }

  it('fit a small phone without scrolling sideways', async () => {
    for await (const page of pages({ viewport: { width: 320, height: 640 } })) {
      for (const frame of page.frames()) {
        const surplus = await frame.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect([frame.url(), surplus]).toEqual([frame.url(), 0]);
      }
    }
  });

  it.each(['light', 'dark'] as const)(
    'are readable on a %s ground (WCAG 1.4.3)',
    async (scheme) => {
      for await (const page of pages({ colorScheme: scheme })) {
        const { ground } = await page.locator('h1').evaluate(coloursOf);
        expect(luminance(ground) > 0.5).toBe(scheme === 'light');
        for (const element of await page
          .locator('h1, p, a, button, label, input, time, summary')
          .all()) {
          if (!(await element.isVisible())) continue;
          const { text, ground } = await element.evaluate(coloursOf);
          const contrast = contrastOf(text, ground);
          expect({ text, ground, contrast: contrast >= 4.5 }).toMatchObject({ contrast: true });
        }
      }
    },
  );
});

/** Reads the colour of an element's text and of what is behind it; runs in the browser. */
function coloursOf(element: Element): { text: string; ground: string } {
  const text = getComputedStyle(element).color;
  let behind: Element | null = element;
  while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') {
    behind = behind.parentElement;
  }
  return { text, ground: behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)' };
}
