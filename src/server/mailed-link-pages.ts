import type { Config } from '../config.ts';
import { type HtmlValue, html, type SafeHtml } from '../platform/html.ts';
import type { Handler } from './graphql.ts';
import { type Page, pageResponse } from './page.ts';

/** What the pages tell of the server. */
export interface MailedLinkSettings {
  config: Pick<Config, 'publicUrl' | 'appUrl'> & { passwords: { minLength: number } };
}

/** Lists the pages that links in mails lead to, for whoever has no app yet. */
export function createMailedLinkPages({ config }: MailedLinkSettings): Record<string, Handler> {
  const serve = (page: Pick<Page, 'title' | 'script'> & { forms: SafeHtml }) => () =>
    pageResponse({
      ...page,
      width: 'narrow',
      body: html`<noscript><p>This page needs JavaScript.</p></noscript>
${page.forms}
<p role="status" id="outcome"></p>
${wayOn(config)}`,
    });
  return {
    '/verify-email': serve({
      title: 'Confirm your e-mail address',
      script: '/assets/verify-email.js',
      forms: html`<form id="confirm" hidden>
<p>Confirm that this address is yours, and the sign-up is done.</p>
<button>Confirm the address</button>
</form>`,
    }),
    '/confirm-email-change': serve({
      title: 'Confirm your new e-mail address',
      script: '/assets/confirm-email-change.js',
      forms: html`<form id="confirm" hidden>
<p>Confirm that this address is yours, and it takes the place of the old one.</p>
<button>Confirm the new address</button>
</form>`,
    }),
    '/reset-password': serve({
      title: 'Choose a new password',
      script: '/assets/reset-password.js',
      forms: passwordForms(config.passwords.minLength, 'Change the password'),
    }),
    '/accept-invite': serve({
      title: 'Choose a password',
      script: '/assets/accept-invite.js',
      forms: passwordForms(config.passwords.minLength, 'Set the password'),
    }),
  };
}

function passwordForms(minLength: number, action: string): SafeHtml {
  return html`<form id="choose" hidden>
<input autocomplete="username" hidden>
<label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" autocapitalize="off" spellcheck="false" required aria-describedby="hint outcome">
<p class="hint" id="hint">At least ${minLength} characters. A few words that nobody would guess are fine.</p>
<button type="button" class="secondary" aria-controls="password" aria-pressed="false">Show the password</button>
<button>${action}</button>
</form>
<form id="ask" hidden>
<p>Say your address, and a link to choose a new password comes by mail.</p>
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="email" required aria-describedby="outcome">
<button>Send the link</button>
</form>`;
}

/** Links to the app where it is elsewhere; here there is nothing to go to. */
function wayOn({ publicUrl, appUrl }: MailedLinkSettings['config']): HtmlValue {
  if (new URL(publicUrl).origin === new URL(appUrl).origin) return null;
  return html`<p id="way-on" hidden><a href="${appUrl}">Go to ${new URL(appUrl).host}</a></p>`;
}
