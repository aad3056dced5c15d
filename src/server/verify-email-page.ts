import { html } from '../platform/html.ts';
import type { Handler } from './graphql.ts';
import { pageResponse } from './page.ts';

/** Serves the page that the link in a confirmation mail leads to, for whoever has no app yet. */
export const verifyEmailPage: Handler = () =>
  pageResponse({
    title: 'Confirm your e-mail address',
    width: 'narrow',
    script: '/assets/verify-email.js',
    body: html`<p id="intro" hidden>Confirm that this address is yours, and the sign-up is done.</p>
<noscript><p>This page needs JavaScript to confirm the address.</p></noscript>
<button type="button" hidden>Confirm the address</button>
<p role="status"></p>`,
  });
