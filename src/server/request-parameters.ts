import { GraphQLError } from 'graphql';

/** What a whole request consists of. */
export interface RequestParameters {
  query: string;
  operationName?: string;
  variables?: Record<string, unknown>;
}

const isObjectOrNothing = (value: unknown) =>
  value == null || (typeof value === 'object' && !Array.isArray(value));
const isTextOrNothing = (value: unknown) => value == null || typeof value === 'string';

/** What a request may consist of (https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters). */
const rules = new Map<string, (value: unknown) => boolean>([
  ['query', (value) => typeof value === 'string'],
  ['operationName', isTextOrNothing],
  ['variables', isObjectOrNothing],
  ['extensions', isObjectOrNothing],
]);

/**
 * Checks what a request consists of, on every transport; what is not known is left out, as the
 * specification asks for. Throws BAD_REQUEST, which repeats nothing of the request.
 */
export function pickParameters(request: unknown): RequestParameters {
  const given = new Map(Object.entries(request ?? {}));
  const known = [...rules].map(([name, holds]) => {
    const value = given.get(name);
    if (!holds(value)) throw badRequest(`The request has no proper \`${name}\`.`);
    return [name, value] as const;
  });
  const picked: object = Object.fromEntries(known.filter(([, value]) => value != null));
  return picked as RequestParameters;
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
