import { describe, expect, it } from 'vitest';
import type { Mail } from '../../src/platform/mail/mail.ts';
import { type TestApp, useTestApp } from '../support/test-app.ts';

async function get({ app }: TestApp, path: string): Promise<Response> {
  return await app.respond(new Request(`http://127.0.0.1:4000${path}`), '192.0.2.1');
}

/** Reads the directives of a content security policy. */
function policyOf({ headers }: Response): Record<string, string> {
  const directives = headers.get('content-security-policy')?.split('; ') ?? [];
  return Object.fromEntries(
    directives.map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
}

const hostile = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`;

let mails = 0;

/** Puts a mail into the outbox and answers its id there. */
async function send({ outbox }: TestApp, content: Partial<Mail> = {}): Promise<string> {
  mails += 1;
  const messageId = `<${mails}@pages.example>`;
  const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello.', html: '<p>Hello.</p>' };
  await outbox.send({ ...mail, ...content, messageId });
  const kept = (await outbox.list()).find((one) => one.messageId === messageId);
  return kept?.id ?? '';
}

describe('the pages of a development server', () => {
  const testApp = useTestApp();

  const linkPages = ['/verify-email', '/reset-password', '/accept-invite', '/confirm-email-change'];

  describe.each([...linkPages, '/outbox', '/outbox?mail=missing'])('%s', (path) => {
    it('may load and call nothing but the server itself', async () => {
      const response = await get(testApp, path);
      const policy = policyOf(response);
      expect(policy['default-src']).toBe("'none'");
      expect(new Set(Object.values(policy))).toEqual(new Set(["'none'", "'self'"]));
      expect(policy).toMatchObject({ 'base-uri': "'none'", 'form-action': "'none'" });
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toBe('no-store');
    });

    it('cannot be framed', async () => {
      const response = await get(testApp, path);
      expect(policyOf(response)['frame-ancestors']).toBe("'none'");
      expect(response.headers.get('x-frame-options')).toBe('DENY');
    });

    it('has its scripts and styles in files, a language and one heading', async () => {
      const page = await (await get(testApp, path)).text();
      expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?! src="\/assets\/)/);
      expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(page.match(/<h1>/g)).toHaveLength(1);
    });
  });

  it.each([
    ['page.css', 'text/css; charset=utf-8'],
    ['mailed-link.js', 'text/javascript; charset=utf-8'],
    ['verify-email.js', 'text/javascript; charset=utf-8'],
    ['accept-invite.js', 'text/javascript; charset=utf-8'],
    ['choose-password.js', 'text/javascript; charset=utf-8'],
    ['reset-password.js', 'text/javascript; charset=utf-8'],
    ['confirm-email-change.js', 'text/javascript; charset=utf-8'],
    ['icon.svg', 'image/svg+xml'],
  ])('serves %s as what it is', async (name, type) => {
    const response = await get(testApp, `/assets/${name}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
  });

  it.each([
    '/assets/',
    '/assets/../page.ts',
    '/assets/%2e%2e%2fpage.ts',
    '/assets/constructor',
    '/__proto__',
  ])('serves no other file: %s', async (path) => {
    expect((await get(testApp, path)).status).toBe(404);
  });

  it('shows whatever a mail says as text', async () => {
    const id = await send(testApp, {
      to: "o'neil&b@example.com",
      subject: hostile,
      text: `${hostile}\nhttps://example.com/${hostile}\njavascript:alert(1)`,
    });
    for (const path of ['/outbox', `/outbox?mail=${id}`]) {
      const page = await (await get(testApp, path)).text();
      expect(page).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
      expect(page).toContain('o&#39;neil&amp;b@example.com');
      expect(page).not.toMatch(/<script>|<img|href="javascript:/);
    }
  });

  it('links the web addresses in a mail', async () => {
    const link = 'http://127.0.0.1:4000/verify-email#token=abc';
    const id = await send(testApp, { text: `Confirm the address:\n${link}\n` });
    const page = await (await get(testApp, `/outbox?mail=${id}`)).text();
    expect(page).toContain(`<a href="${link}">${link}</a>`);
  });

  it('shows the HTML of a mail in a frame that can run and load nothing', async () => {
    const html = `<!doctype html><html><head></head><body>${hostile}</body></html>`;
    const id = await send(testApp, { html });
    const page = await (await get(testApp, `/outbox?mail=${id}`)).text();
    const mayOnly = 'allow-top-navigation-by-user-activation';
    expect(page).toContain(`sandbox="${mayOnly}" src="/outbox/frame?mail=${id}"`);

    const frame = await get(testApp, `/outbox/frame?mail=${id}`);
    expect(await frame.text()).toContain(hostile);
    expect(policyOf(frame)).toEqual({
      sandbox: mayOnly,
      'default-src': "'none'",
      'style-src': "'unsafe-inline'",
      'frame-ancestors': "'self'",
    });
    expect(frame.headers.get('x-frame-options')).toBe('SAMEORIGIN');
  });

  it.each(['', 'f'.repeat(32), '../secret-key', '..%2fsecret-key', `${'f'.repeat(32)}%00`])(
    'knows no mail %j',
    async (id) => {
      expect((await get(testApp, `/outbox?mail=${id}`)).status).toBe(404);
      expect((await get(testApp, `/outbox/frame?mail=${id}`)).status).toBe(404);
    },
  );
});

describe('the pages of a server whose app is elsewhere', () => {
  const testApp = useTestApp({ APP_URL: 'https://app.example.com/account' });

  it.each(['/verify-email', '/reset-password', '/accept-invite', '/confirm-email-change'])(
    'lead to it from %s once they are done',
    async (path) => {
      const page = await (await get(testApp, path)).text();
      const link = '<a href="https://app.example.com/account">Go to app.example.com</a>';
      expect(page).toContain(`<p id="way-on" hidden>${link}</p>`);
    },
  );
});

describe('the pages of a production server', () => {
  const testApp = useTestApp({
    NODE_ENV: 'production',
    EMBEDDED_DATABASE: 'true',
    SECRET_KEY: 'a secret key that only tests use, long enough',
    PASSWORD_HASH_MEMORY_KIB: '19456',
    PASSWORD_HASH_ITERATIONS: '2',
  });

  it('have no outbox among them', async () => {
    const id = await send(testApp);
    for (const path of ['/outbox', `/outbox?mail=${id}`, `/outbox/frame?mail=${id}`]) {
      expect((await get(testApp, path)).status).toBe(404);
    }
    expect((await get(testApp, '/verify-email')).status).toBe(200);
  });
});
