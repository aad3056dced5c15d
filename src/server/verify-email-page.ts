import { html } from '../platform/mail/html.ts';
import type { Handler } from './graphql.ts';
import { pageResponse } from './page.ts';

/** Serves the page that the link in a confirmation mail leads to, for whoever has no app yet. */
export const verifyEmailPage: Handler = () =>
  pageResponse({
    title: 'Confirm your e-mail address',
    script: '/assets/verify-email.js',
    body: html`<p>Confirm that this address is yours, to finish the sign-up.</p>
<p><button type="button" disabled>Confirm the address</button></p>
<p role="status"></p>
<noscript><p>This page needs JavaScript: it sends the token of the link for you.</p></noscript>`,
  });
