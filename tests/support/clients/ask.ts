/** Asks by POST, with any `fetch`. */
export async function ask(
  url: string,
  query: string,
  variables: object = {},
  send: typeof fetch = fetch,
) {
  const response = await send(url, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}
