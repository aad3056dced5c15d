import { type HtmlValue, html, renderHtml, type SafeHtml } from '../platform/html.ts';

/** One of the server's own pages. */
export interface Page {
  title: string;
  body: SafeHtml;
  /** Path of a script of our own, a module. */
  script?: string;
  /** `narrow` for a few words; `wide`, the default, for a mail. */
  width?: 'narrow' | 'wide';
  status?: number;
}

// Own files only: nothing inline, nothing from elsewhere, no forms, no framing.
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Answers with a small page that loads nothing but its own files. */
export function pageResponse({
  title,
  body,
  script,
  width = 'wide',
  status = 200,
}: Page): Response {
  const scriptTag: HtmlValue = script
    ? html`<script src="${script}" type="module"></script>`
    : null;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/page.css">
${scriptTag}
</head>
<body class="${width}">
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  return new Response(renderHtml(document), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
    },
  });
}
