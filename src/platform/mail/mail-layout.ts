import { type HtmlValue, html, renderHtml, type SafeHtml } from '../html.ts';

/** What a mail says, in reading order; plain text throughout. */
export interface MailLayout {
  /** BCP 47 tag of the text, for screen readers. */
  language: string;
  /** The sender's name, above the heading. */
  sender: string;
  heading: string;
  paragraphs: string[];
  /** What the reader is to type elsewhere, on a line of its own. */
  code?: string;
  /** The one thing to do; an http or https URL. */
  action?: { label: string; url: string };
  /** Small print, one line each. */
  footer: string[];
}

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const text = `${font};font-size:16px;line-height:24px;color:#1f2933`;
const small = `${font};font-size:13px;line-height:20px;color:#52606d`;
const digits =
  'font-family:ui-monospace,Menlo,Consolas,monospace;font-size:32px;line-height:40px;letter-spacing:6px;color:#1f2933';
const button = `${font};display:inline-block;padding:12px 24px;border-radius:6px;background:#1d4ed8;color:#ffffff;font-size:16px;line-height:24px;font-weight:600;text-decoration:none`;

/**
 * Lays a mail out as text and as HTML that says the same.
 *
 * Styles are inline and nothing is loaded from elsewhere, so that it reads alike in every client
 * and opening it tells nobody.
 */
export function layOutMail(layout: MailLayout): { text: string; html: string } {
  if (layout.action && !/^https?:\/\//.test(layout.action.url)) {
    throw new TypeError('The link of a mail leads to an http or https URL.');
  }
  return { text: asText(layout), html: renderHtml(asHtml(layout)) };
}

function asText({ heading, paragraphs, code, action, footer }: MailLayout): string {
  const blocks = [heading, ...paragraphs];
  if (code !== undefined) blocks.push(code);
  if (action) blocks.push(`${action.label}:\n${action.url}`);
  // The signature mark of RFC 3676 §4.3, which clients fold away.
  if (footer.length > 0) blocks.push(['-- ', ...footer].join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

function asHtml(layout: MailLayout): SafeHtml {
  const { language, sender, heading, paragraphs, code, action, footer } = layout;
  return html`<!doctype html>
<html lang="${language}" dir="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${heading}</title>
</head>
<body style="margin:0;padding:0;background:#f5f7fa">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f5f7fa"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background:#ffffff;border:1px solid #e4e7eb;border-radius:8px"><tr><td style="padding:32px">
<p style="margin:0 0 24px;${small}">${sender}</p>
<h1 style="margin:0 0 16px;${font};font-size:22px;line-height:30px;color:#1f2933">${heading}</h1>
${paragraphs.map((paragraph) => html`<p style="margin:0 0 16px;${text}">${paragraph}</p>\n`)}${codeLine(code)}${actionLink(action)}</td></tr></table>
${footerLines(footer)}</td></tr></table>
</body>
</html>
`;
}

function codeLine(code: MailLayout['code']): HtmlValue {
  return code === undefined ? null : html`<p style="margin:24px 0;${digits}">${code}</p>\n`;
}

function actionLink(action: MailLayout['action']): HtmlValue {
  if (!action) return null;
  return html`<p style="margin:24px 0"><a href="${action.url}" style="${button}">${action.label}</a></p>
<p style="margin:0;word-break:break-all;${small}">${action.url}</p>
`;
}

function footerLines(lines: string[]): HtmlValue {
  if (lines.length === 0) return null;
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px"><tr><td style="padding:16px 32px">
${lines.map((line) => html`<p style="margin:0 0 4px;${small}">${line}</p>\n`)}</td></tr></table>
`;
}
