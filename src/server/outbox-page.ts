import { html } from '../platform/mail/html.ts';
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

/** Shows the HTML of one mail by itself, unable to run or load anything, for the page to frame. */
export function createOutboxFrame(outbox: Pick<Outbox, 'find'>): Handler {
  return async (request) => {
    const mail = await outbox.find(new URL(request.url).searchParams.get('mail') ?? '');
    if (mail === null) return missingPage();
    return new Response(mail.html, {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        'x-frame-options': 'SAMEORIGIN',
      },
    });
  };
}

function listPage(mails: OutboxMail[]): Response {
  return pageResponse({
    title: 'Outbox',
    body: html`<p>Mails that this development server has sent go here instead, newest first.</p>
${mails.length === 0 ? html`<p>There are none yet. Sign up, and one arrives.</p>` : null}
<ul>${mails.map(
      (mail) => html`<li><a href="/outbox?mail=${mail.id}">${mail.subject}</a><br>
<small>to ${mail.to} · ${mail.sentAt}</small></li>\n`,
    )}</ul>`,
  });
}

function mailPage(mail: OutboxMail): Response {
  const links = mail.text.match(/https?:\/\/\S+/g) ?? [];
  return pageResponse({
    title: mail.subject,
    body: html`<p><a href="/outbox">All mails</a></p>
<p><small>to ${mail.to} · ${mail.sentAt}</small></p>
<h2>Links in it</h2>
<ul>${links.map((link) => html`<li><a href="${link}">${link}</a></li>\n`)}</ul>
<h2>As the recipient sees it</h2>
<iframe title="The mail" sandbox src="/outbox/frame?mail=${mail.id}"></iframe>`,
  });
}

function missingPage(): Response {
  return pageResponse({
    title: 'No such mail',
    status: 404,
    body: html`<p>The outbox keeps the newest 200. <a href="/outbox">All mails</a></p>`,
  });
}
