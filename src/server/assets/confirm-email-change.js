import { call, onSubmit, show, showForLink, showRefusal } from './mailed-link.js';

const form = 'confirm';
const reasons = {
  EXPIRED: 'This link has expired. Ask for the change again, and a new one comes by mail.',
};

onSubmit(form, async ({ token }) => {
  const data = await call(
    `mutation ConfirmNewAddress($token: String!) {
      confirmEmailChange(input: { token: $token }) {
        __typename
        ... on InvalidTokenError { reason }
        ... on RateLimitedError { retryAfterSeconds }
      }
    }`,
    { token },
  );
  const result = data?.confirmEmailChange;
  switch (result?.__typename) {
    case 'User':
      return show('Your new address is confirmed. Sign in with it from now on.', {
        outcome: 'good',
      });
    case 'ConflictError':
      return show('This address has an account already. Nothing was changed.', { outcome: 'bad' });
    default:
      return showRefusal(result, { form, reasons });
  }
});
showForLink(form);
