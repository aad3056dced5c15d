import { readFile } from 'node:fs/promises';
import type { Handler } from './graphql.ts';

const assets = {
  'accept-invite.js': 'text/javascript; charset=utf-8',
  'choose-password.js': 'text/javascript; charset=utf-8',
  'confirm-email-change.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'mailed-link.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'reset-password.js': 'text/javascript; charset=utf-8',
  'verify-email.js': 'text/javascript; charset=utf-8',
};

const maxAgeSeconds = 300;

/** Loads the files that the server's own pages use; answers a handler for each path. */
export async function loadAssetHandlers(): Promise<Record<string, Handler>> {
  const entries = Object.entries(assets).map(async ([name, type]) => {
    const content = await readFile(new URL(`./assets/${name}`, import.meta.url), 'utf8');
    const headers = { 'content-type': type, 'cache-control': `public, max-age=${maxAgeSeconds}` };
    const handler: Handler = () => new Response(content, { headers });
    return [`/assets/${name}`, handler] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
