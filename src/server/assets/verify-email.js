// Nothing happens until the button is pressed: mail scanners open links, but press no buttons.
const button = document.querySelector('button');
const status = document.querySelector('[role="status"]');
const token = new URLSearchParams(location.hash.slice(1)).get('token');
// Keeps the token out of the history and of what the person may copy and share.
history.replaceState(null, '', location.pathname);

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
        ... on AuthPayload { tokens { accessToken } }
        ... on Error { message }
      }
    }`,
    { token },
  );
  const result = data?.verifyEmail;
  if (!result?.tokens) return result?.message ?? 'That did not work. Try again later.';
  // This page keeps nobody signed in, so it leaves no session behind either.
  await call('mutation EndSession { signOut { __typename } }', {}, result.tokens.accessToken);
  return 'Your address is confirmed. You can sign in now.';
}

if (token === null) {
  status.textContent = 'This page is opened by the link in the mail, which carries a token.';
} else {
  button.disabled = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    status.textContent = await confirmAddress().catch(() => {
      button.disabled = false;
      return 'The server cannot be reached. Try again.';
    });
  });
}
