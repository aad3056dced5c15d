import type { World } from './access-world.ts';
import { bodyOf, fetchFrom, type GraphqlBody, postGraphql } from './raw-request.ts';
import type { TestApp } from './test-app.ts';
import { writeUpload } from './upload.ts';

/** Asks for an operation that names what it asks for `probe`, with a picture if it wants a file. */
export type AskFrom = (
  query: string,
  accessToken: string | undefined,
  ipAddress?: string,
) => Promise<GraphqlBody>;

/** Makes what gives each question an address of its own, or the rate limits would answer. */
export function createAddresses(): () => string {
  let count = 0;
  return () => `198.51.${100 + (++count >> 8)}.${count & 255}`;
}

/** Makes what asks over HTTP. */
export function createAskFrom(
  testApp: TestApp,
  { picture }: Pick<World, 'picture'>,
  anyAddress: () => string,
): AskFrom {
  return async (query, accessToken, ipAddress = anyAddress()) => {
    const headers = {
      'user-agent': 'tests',
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    };
    if (!query.includes('$file')) {
      return bodyOf(await postGraphql(testApp, { query }, headers, ipAddress));
    }
    const isRefused = query.includes('UploadRejectedError');
    const file = isRefused ? Buffer.from('%PDF-1.7') : picture;
    const init = { method: 'POST', headers, body: writeUpload(query, file) };
    return bodyOf(await fetchFrom(testApp, '/graphql', init, ipAddress));
  };
}

/** Reads what a field answered; an expected error that came instead is named by its type. */
export function outcomeOf({ data, errors }: GraphqlBody): string {
  if (errors) return errors[0]?.extensions?.code ?? 'an error without a code';
  const found = findProbe(data);
  const value = Array.isArray(found) && found.length > 0 ? found[0] : found;
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  const { __typename: typename = '' } = Object(value);
  return typename.endsWith('Error') ? typename : 'value';
}

function findProbe(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return undefined;
  if ('probe' in data) return data.probe;
  for (const part of Object.values(data)) {
    const found = findProbe(part);
    if (found !== undefined) return found;
  }
  return undefined;
}
