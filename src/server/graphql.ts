import {
  type DocumentNode,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type ValidationRule,
  validate,
} from 'graphql';
import { createYoga, type Plugin, type YogaServer } from 'graphql-yoga';
import type { Call } from '../graphql/call.ts';
import type { RunOperation } from '../graphql/run-operation.ts';
import { useStrictRequests } from './strict-requests.ts';

/** How GraphQL is served over HTTP. */
export interface GraphqlSettings {
  /** Origins whose pages may call; `*` alone stands for all. */
  corsOrigins: readonly string[];
  requestBodyBytes: number;
  introspection: boolean;
}

/** Answers one HTTP request. */
export type Handler = (request: Request, call: Call) => Response | Promise<Response>;

interface ServerContext {
  call: Call;
}

const preflightMaxAgeSeconds = 600;

/** Builds the HTTP entrance to the one door: Yoga reads requests and writes answers. */
export function createGraphqlHandler(
  schema: GraphQLSchema,
  runOperation: RunOperation,
  { corsOrigins, requestBodyBytes, introspection }: GraphqlSettings,
): Handler {
  const yoga = createYoga<ServerContext>({
    schema,
    cors: (request) => corsOf(request.headers.get('origin'), corsOrigins),
    maxRequestBodySize: requestBodyBytes,
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    logging: false,
    // The one door masks, with the request id; what fails before it is a refusal of the request.
    maskedErrors: false,
    plugins: [
      useOneDoor(runOperation),
      useStrictRequests(),
      ...(introspection ? [] : [useNoIntrospection()]),
    ],
  });
  return async (request, call) => {
    const response = await yoga.fetch(request, { call });
    response.headers.append('vary', 'Origin');
    return response;
  };
}

/**
 * Answers CORS by the allow-list. Never by the list itself: Yoga answers an unknown origin with
 * `null`, which is the origin of every sandboxed frame.
 */
function corsOf(origin: string | null, allowed: readonly string[]) {
  if (origin === null || origin === 'null') return false;
  if (!allowed.includes(origin) && !allowed.includes('*')) return false;
  return {
    origin: [origin],
    credentials: false,
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type'],
    exposedHeaders: ['x-request-id', 'server-timing'],
    maxAge: preflightMaxAgeSeconds,
  };
}

function useOneDoor(runOperation: RunOperation): Plugin<object, ServerContext> {
  let server: YogaServer<ServerContext, object>;
  return {
    onYogaInit({ yoga }) {
      server = yoga;
    },
    onParams({ setParamsHandler }) {
      setParamsHandler(({ request, params, context }) => {
        const enveloped = server.getEnveloped(Object.assign(context, { request, params }));
        const { query = '', variables, operationName } = params;
        return runOperation(enveloped, { query, variables, operationName }, context.call);
      });
    },
  };
}

/** Keeps the schema to those who know it: no introspection, and no "Did you mean" either. */
function useNoIntrospection(): Plugin {
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules: ValidationRule[]) =>
        validate(schema, document, rules, { hideSuggestions: true }),
      );
    },
    onExecute({ args }) {
      Object.assign(args, { hideSuggestions: true });
    },
  };
}
