const intro = document.querySelector('#intro');
const button = document.querySelector('button');
const status = document.querySelector('[role="status"]');
let token = null;

const refusals = {
  CONSUMED: 'This link was used already. Try to sign in.',
  EXPIRED: 'This link has expired. Sign up again, and a new one comes by mail.',
  UNKNOWN: 'This link is not valid. Is it the whole link from the mail?',
};

function show(text, { outcome, canPress }) {
  status.textContent = text;
  status.toggleAttribute('data-outcome', outcome !== undefined);
  if (outcome) status.dataset.outcome = outcome;
  intro.hidden = !canPress;
  button.hidden = !canPress;
  button.disabled = false;
}

// Nothing is sent until the button is pressed: mail scanners open links, but press no buttons.
function readLink() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    token = given;
    // Keeps it out of the history and of what the person may copy and share.
    history.replaceState(null, '', location.pathname);
  }
  if (token !== null) show('', { canPress: true });
  else show('Please open this page by the link in the mail.', { outcome: 'bad' });
}

async function call(query, variables, accessToken) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

async function confirmAddress() {
  const { data } = await call(
    `mutation ConfirmAddress($token: String!) {
      verifyEmail(input: { token: $token }) {
        __typename
        ... on AuthPayload { tokens { accessToken } }
        ... on InvalidTokenError { reason }
      }
    }`,
    { token },
  );
  const result = data?.verifyEmail;
  switch (result?.__typename) {
    case 'AuthPayload':
      // This page keeps nobody signed in, so it leaves no session behind either.
      await call(
        'mutation EndSession { signOut { __typename } }',
        {},
        result.tokens.accessToken,
      ).catch(() => undefined);
      return show('Your address is confirmed. You can sign in now.', { outcome: 'good' });
    case 'InvalidTokenError':
      return show(refusals[result.reason], { outcome: 'bad' });
    case 'RateLimitedError':
      return show('Too many attempts. Please wait a minute.', { outcome: 'bad', canPress: true });
    default:
      return show('That did not work. Please try again.', { outcome: 'bad', canPress: true });
  }
}

button.addEventListener('click', async () => {
  button.disabled = true;
  await confirmAddress().catch(() => {
    const text = 'The server cannot be reached. Please try again.';
    show(text, { outcome: 'bad', canPress: true });
  });
});
// Another link that is opened in the same tab changes nothing but what comes after the `#`.
addEventListener('hashchange', readLink);
readLink();
