import type { TypedDocumentString } from '../generated/graphql.ts';
import type { Answer, Sender } from './request.ts';
import type { TestApp } from './test-app.ts';

/** Writes an operation and the file for its variable `file` as multipart/form-data. */
export function writeUpload(query: string, content: Uint8Array, type = 'image/jpeg'): FormData {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', new Blob([new Uint8Array(content)], { type }), 'picture');
  return form;
}

/** Sends a typed operation with a file through the whole HTTP layer, without a socket. */
export async function sendUpload<Data>(
  { app }: Pick<TestApp, 'app'>,
  document: TypedDocumentString<Data, { file: null }>,
  content: Uint8Array,
  { accessToken, ipAddress = '192.0.2.1', userAgent = 'tests' }: Sender = {},
): Promise<Answer<Data>> {
  const request = new Request('http://127.0.0.1:4000/graphql', {
    method: 'POST',
    headers: {
      'user-agent': userAgent,
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: writeUpload(document.toString(), content),
  });
  const response = await app.respond(request, ipAddress);
  const body = await response.json();
  return { status: response.status, headers: response.headers, body };
}
