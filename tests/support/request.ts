import type { ExecutionResult } from 'graphql';
import type { TypedDocumentString } from '../generated/graphql.ts';
import type { TestApp } from './test-app.ts';
import { noteSecrets } from './used-secrets.ts';

/** Where a request comes from and who sends it. */
export interface Sender {
  accessToken?: string | undefined;
  /** As the socket reports it. */
  ipAddress?: string;
  userAgent?: string;
}

/** An answer over HTTP and what it says. */
export interface Answer<Data> {
  status: number;
  headers: Headers;
  body: ExecutionResult<Data>;
}

/** Sends a typed operation through the whole HTTP layer, without a socket. */
export async function send<Data, Variables>(
  { app }: Pick<TestApp, 'app'>,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  { accessToken, ipAddress = '192.0.2.1', userAgent = 'tests' }: Sender = {},
): Promise<Answer<Data>> {
  const request = new Request('http://127.0.0.1:4000/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': userAgent,
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const response = await app.respond(request, ipAddress);
  const body = await response.json();
  noteSecrets([variables, body]);
  return { status: response.status, headers: response.headers, body };
}

/** Sends an operation that must succeed and answers its data; fails with what was said instead. */
export async function ask<Data, Variables>(
  testApp: Pick<TestApp, 'app'>,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  sender?: Sender,
): Promise<Data> {
  const { body } = await send(testApp, document, variables, sender);
  if (body.errors || !body.data) {
    throw new Error(`${document.toString()}\nwas answered ${JSON.stringify(body, null, 2)}`);
  }
  return body.data;
}

/** Lists the codes of an answer's top-level errors. */
export function codesOf({ body }: Answer<unknown>): unknown[] {
  return (body.errors ?? []).map(({ extensions }) => extensions?.code);
}
