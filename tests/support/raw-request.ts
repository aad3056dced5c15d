import type { TestApp } from './test-app.ts';
import { noteSecrets } from './used-secrets.ts';

/** An answer as it is on the wire. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** What an answer in JSON is made of, as far as tests look at it. */
export interface GraphqlBody {
  data?: Record<string, unknown> | null;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions?: { code?: string; requestId?: string };
  }[];
}

/** Where a path of the test instance would be if it had a socket. */
const urlOf = (path: string) => `http://127.0.0.1:4000${path}`;

/** Sends any request through the whole HTTP layer, without a socket. */
export async function fetchFrom(
  { app }: Pick<TestApp, 'app'>,
  path: string,
  init: RequestInit = {},
  ipAddress: string | null = '192.0.2.1',
): Promise<RawAnswer> {
  const response = await app.respond(new Request(urlOf(path), init), ipAddress);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Posts any body as JSON to the GraphQL endpoint: text as it is, anything else written as JSON. */
export function postGraphql(
  testApp: Pick<TestApp, 'app'>,
  body: unknown,
  headers: Record<string, string> = {},
  ipAddress?: string,
): Promise<RawAnswer> {
  noteSecrets(body);
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
  return fetchFrom(testApp, '/graphql', init, ipAddress);
}

/** Lists the codes of an answer's top-level errors. */
export function codeOf(answer: RawAnswer): unknown[] {
  return (bodyOf(answer).errors ?? []).map(({ extensions }) => extensions?.code);
}

/** Reads an answer as JSON. */
export function bodyOf({ text }: RawAnswer): GraphqlBody {
  return JSON.parse(text);
}
