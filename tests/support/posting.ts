import { sample } from './measured-server.ts';

/** Asks a server over HTTP; answers the data, and fails with what was said instead. */
export async function postTo(url: string, query: string, token?: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Signs the sample account in; answers its global id and an access token. */
export async function signInSample(url: string): Promise<{ token: string; id: string }> {
  const { email, password } = sample;
  const query = `mutation { signIn(input: { email: "${email}", password: "${password}" }) {
    ... on AuthPayload { user { id } tokens { accessToken } }
  } }`;
  const { signIn } = await postTo(url, query);
  return { token: signIn.tokens.accessToken, id: signIn.user.id };
}
