import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { csrfHeader } from '../graphql/token-cookies.ts';
import type { HeaderFields } from './client-call.ts';
import { pickParameters, type RequestParameters } from './request-parameters.ts';
import { graphqlPath, type HttpSettings } from './respond.ts';

/** A POST of JSON to GraphQL that nothing else can be said of. */
export interface PlainPost {
  headers: HeaderFields;
  /** What its answer is to be. */
  mediaType: string;
}

/** What else is to be known of a server. */
export interface PlainPostSettings extends HttpSettings {
  requestBodyBytes: number;
}

const jsonTypes: ReadonlySet<string | undefined> = new Set([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
]);

/** What clients say that they take, and what of it they get; whoever says else is asked at length. */
const mediaTypes: ReadonlyMap<string, string> = new Map([
  ['*/*', 'application/json'],
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/graphql-response+json, application/json', 'application/graphql-response+json'],
  ['application/graphql-response+json,application/json;q=0.9', 'application/graphql-response+json'],
  [
    'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
    'application/graphql-response+json',
  ],
]);

/** What asks for more than the operation: pages, their cookies, packed or unbounded bodies. */
const further = [
  'origin',
  'cookie',
  csrfHeader,
  'sec-fetch-site',
  'content-encoding',
  'transfer-encoding',
  'expect',
];

/** Recognises the requests of most clients but browsers; null for all others. */
export function asPlainPost(
  request: IncomingMessage,
  { servesHost, requestBodyBytes }: PlainPostSettings,
): PlainPost | null {
  const { headers } = request;
  const mediaType = mediaTypes.get(headers.accept ?? '*/*');
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (mediaType === undefined || headers.host === undefined || !isPlain(request)) return null;
  if (!(length > 0 && length <= requestBodyBytes)) return null;
  if (!servesHost(new URL(`http://${headers.host}`).hostname)) return null;
  return { headers: { get: (name) => headers[name]?.toString() ?? null }, mediaType };
}

/**
 * Reads what a plain request asks for. One whose body is not as it should be is put back to be read
 * again, so that what is wrong with a request is said in one place; null then.
 */
export async function readPlainPost(request: IncomingMessage): Promise<RequestParameters | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const parameters = parse(body);
  if (parameters === null) Object.assign(request, { body: Readable.from([body]) });
  return parameters;
}

function isPlain({ method, url, headers, headersDistinct, rawHeaders }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    url === graphqlPath &&
    jsonTypes.has(headers['content-type']) &&
    // Whatever came twice would have to be put together.
    rawHeaders.length === 2 * Object.keys(headersDistinct).length &&
    further.every((name) => headers[name] === undefined)
  );
}

function parse(body: Buffer): RequestParameters | null {
  try {
    const request: unknown = JSON.parse(body.toString());
    return Array.isArray(request) ? null : pickParameters(request);
  } catch {
    return null;
  }
}
