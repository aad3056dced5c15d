import { call, onSubmit, show, showForLink, showRefusal } from './mailed-link.js';

const form = 'confirm';
const reasons = {
  CONSUMED: 'This link was used already. Try to sign in.',
  EXPIRED: 'This link has expired. Sign up again, and a new one comes by mail.',
};

onSubmit(form, async ({ token }) => {
  const data = await call(
    `mutation ConfirmAddress($token: String!) {
      verifyEmail(input: { token: $token }) {
        __typename
        ... on AuthPayload { tokens { accessToken } }
        ... on InvalidTokenError { reason }
        ... on RateLimitedError { retryAfterSeconds }
      }
    }`,
    { token },
  );
  const result = data?.verifyEmail;
  if (result?.__typename !== 'AuthPayload') return showRefusal(result, { form, reasons });
  // This page keeps nobody signed in, so it leaves no session behind either.
  await call('mutation EndSession { signOut { __typename } }', {}, result.tokens.accessToken).catch(
    () => undefined,
  );
  show('Your address is confirmed. You can sign in now.', { outcome: 'good' });
});
showForLink(form);
