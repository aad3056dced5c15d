import { call, onLink, onSubmit, show, showRefusal } from './mailed-link.js';

const password = document.querySelector('#password');
const reveal = document.querySelector('[aria-pressed]');

function setShown(isShown) {
  password.type = isShown ? 'text' : 'password';
  reveal.ariaPressed = String(isShown);
}

reveal.addEventListener('click', () => setShown(password.type === 'password'));

/** Sets the password that is typed behind the link, or sends another link; says when it is done. */
export function choosePassword(done) {
  onSubmit('choose', async ({ token, password: newPassword }) => {
    // Or the browser may keep what was typed for the next time.
    setShown(false);
    const data = await call(
      `mutation ChoosePassword($token: String!, $newPassword: String!) {
        resetPassword(input: { token: $token, newPassword: $newPassword }) {
          __typename
          ... on InvalidTokenError { reason }
          ... on ValidationError { issues { message } }
          ... on RateLimitedError { retryAfterSeconds }
        }
      }`,
      { token, newPassword },
    );
    const result = data?.resetPassword;
    if (result?.__typename === 'Ack') {
      password.value = '';
      return show(done, { outcome: 'good' });
    }
    showRefusal(result, { form: 'choose', formWithoutLink: 'ask' });
    if (!password.form.hidden) password.focus();
  });

  onSubmit('ask', async ({ email }) => {
    const data = await call(
      `mutation AskForPassword($email: EmailAddress!) {
        requestPasswordReset(input: { email: $email }) {
          __typename
          ... on ValidationError { issues { message } }
          ... on RateLimitedError { retryAfterSeconds }
        }
      }`,
      { email },
    );
    const result = data?.requestPasswordReset;
    if (result?.__typename !== 'Accepted') return showRefusal(result, { form: 'ask' });
    show('If the address has an account, a link is on its way to it.', { outcome: 'good' });
  });

  onLink((token) => show('', { form: token === null ? 'ask' : 'choose' }));
}
