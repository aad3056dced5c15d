import { type HtmlValue, html, type SafeHtml } from '../platform/html.ts';
import type { Outbox, OutboxMail } from '../platform/mail/outbox-transport.ts';
import type { Handler } from './graphql.ts';
import { pageResponse } from './page.ts';

/** Where the development outbox is, below the server's URL. */
export const outboxPath = '/outbox';

/** Lists the mails of the development outbox, or shows the one that `?mail=` names. */
export function createOutboxPage(outbox: Pick<Outbox, 'list' | 'find'>): Handler {
  return async (request) => {
    const id = new URL(request.url).searchParams.get('mail');
    if (id === null) return listPage(await outbox.list());
    const mail = await outbox.find(id);
    return mail === null ? missingPage() : mailPage(mail);
  };
}

/**
 * Shows the HTML of one mail by itself, for the page to frame: it can run nothing and load nothing,
 * and a link in it that is pressed opens in place of the page.
 */
export function createOutboxFrame(outbox: Pick<Outbox, 'find'>): Handler {
  return async (request) => {
    const mail = await outbox.find(new URL(request.url).searchParams.get('mail') ?? '');
    if (mail === null) return missingPage();
    return new Response(mail.html.replace('<head>', '<head><base target="_top">'), {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `sandbox ${frameMay}; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'`,
        'x-frame-options': 'SAMEORIGIN',
      },
    });
  };
}

const frameMay = 'allow-top-navigation-by-user-activation';

function listPage(mails: OutboxMail[]): Response {
  return pageResponse({
    title: 'Outbox',
    body: html`<p>Mails of this development server come here instead of being sent.</p>
${mails.length === 0 ? html`<p>There are none yet. Sign up, and one arrives.</p>` : null}
<ul class="mails">
${mails.map(
  (mail) =>
    html`<li><a href="${outboxPath}?mail=${mail.id}">${mail.subject}</a>${particulars(mail)}</li>\n`,
)}</ul>`,
  });
}

function mailPage(mail: OutboxMail): Response {
  return pageResponse({
    title: mail.subject,
    body: html`${particulars(mail)}
<iframe title="The mail" sandbox="${frameMay}" src="${outboxPath}/frame?mail=${mail.id}"></iframe>
<details><summary>As plain text</summary><pre>${withLinks(mail.text)}</pre></details>
<p><a href="${outboxPath}">All mails</a></p>`,
  });
}

function particulars({ to, sentAt }: OutboxMail): SafeHtml {
  const time = sentAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  return html`<p class="particulars"><span>To ${to}</span> <time datetime="${sentAt}">${time}</time></p>`;
}

function withLinks(text: string): HtmlValue {
  // What the pattern captures stands at the odd places.
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${part}">${part}</a>` : part));
}

function missingPage(): Response {
  return pageResponse({
    title: 'No such mail',
    status: 404,
    width: 'narrow',
    body: html`<p>The outbox keeps the newest 200 mails.</p>
<p><a href="${outboxPath}">All mails</a></p>`,
  });
}
