import { html, renderHtml } from '../platform/html.ts';
import { createGraphiqlAssets } from './graphiql-assets.ts';
import { graphiqlTabs, type SampleAccount } from './graphiql-tabs.ts';
import type { Handler } from './graphql.ts';
import { graphqlPath, notFound } from './respond.ts';

/** What GraphiQL is offered with. */
export interface GraphiqlOptions {
  /** Whom its first tab signs in; null where there are no sample accounts. */
  sampleAccount: SampleAccount | null;
}

// Own files and the own endpoint. GraphiQL's editor makes styles as it goes, with no way to give
// them a nonce, and its style sheet holds its fonts and small images.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Prepares GraphiQL for browsers that come to the GraphQL endpoint; programs pass on to `graphql`.
 * Answers handlers by path. What the page loads is itself loaded when it is first asked for.
 */
export async function createGraphiqlRoutes(
  graphql: Handler,
  { sampleAccount }: GraphiqlOptions,
): Promise<Record<string, Handler>> {
  const { folder, handlers } = await createGraphiqlAssets();
  const page = renderPage(folder, JSON.stringify(graphiqlTabs(sampleAccount)));
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
  };
  return {
    ...handlers,
    [graphqlPath]: (request, call) =>
      wantsPage(request) ? new Response(page, { headers }) : graphql(request, call),
    '/': (request) => (wantsPage(request) ? redirectTo(graphqlPath) : notFound()),
  };
}

const redirectTo = (location: string) => new Response(null, { status: 302, headers: { location } });

function wantsPage({ method, headers }: Request): boolean {
  const isReading = method === 'GET' || method === 'HEAD';
  return isReading && /(?:^|,)\s*text\/html\s*(?:[;,]|$)/i.test(headers.get('accept') ?? '');
}

function renderPage(folder: string, tabs: string): string {
  return renderHtml(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL – Latchkey</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="${folder}/app.css">
<link rel="stylesheet" href="${folder}/graphiql.css">
<script src="${folder}/app.js" defer></script>
<script src="${folder}/graphiql.js" type="module"></script>
</head>
<body>
<noscript>GraphiQL needs JavaScript.</noscript>
<div id="root" data-tabs="${tabs}"><p class="waiting">Loading GraphiQL …</p></div>
<footer><p role="status"></p><button type="button" hidden>Forget it</button></footer>
</body>
</html>
`);
}
