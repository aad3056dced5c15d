import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const isObjectOrNothing = (value: unknown) =>
  value == null || (typeof value === 'object' && !Array.isArray(value));
const isTextOrNothing = (value: unknown) => value == null || typeof value === 'string';

/** What a request may consist of (https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters). */
const parameterRules = new Map<string, (value: unknown) => boolean>([
  ['query', (value) => typeof value === 'string'],
  ['operationName', isTextOrNothing],
  ['variables', isObjectOrNothing],
  ['extensions', isObjectOrNothing],
]);

/** Content types that no page of another origin can post without asking first (CORS). */
const json = /^application\/(graphql\+)?json(;|,|$)/;

/** Refuses requests that are not whole with a 4xx of their own, which repeats nothing of them. */
export function useStrictRequests(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      const isReadable =
        request.method === 'GET' || json.test(request.headers.get('content-type') ?? '');
      setRequestParser(async (body) => {
        if (!requestParser || !isReadable) throw refusal(415, 'The body must be JSON.');
        const parameters = await read(async () => requestParser(body));
        if (typeof parameters === 'object' && !Array.isArray(parameters)) check(parameters);
        return parameters;
      });
    },
  };
}

async function read<Parameters>(parse: () => Promise<Parameters>): Promise<Parameters> {
  try {
    return await parse();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw refusal(400, 'The request cannot be read.');
    const { code = 'BAD_REQUEST', http } = error.extensions;
    throw refusal(http?.status ?? 400, error.message, code);
  }
}

function check(parameters: object): void {
  const given = new Map(Object.entries(parameters));
  for (const [name, holds] of parameterRules) {
    if (!holds(given.get(name))) throw refusal(400, `The request has no proper \`${name}\`.`);
  }
  if ([...given.keys()].some((name) => !parameterRules.has(name))) {
    throw refusal(400, 'The request has a parameter that is not known.');
  }
}

function refusal(status: number, message: string, code: unknown = 'BAD_REQUEST'): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
