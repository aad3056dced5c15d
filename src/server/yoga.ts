import {
  type DocumentNode,
  execute,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type ValidationRule,
  validate,
} from 'graphql';
import { createYoga, type Plugin, type YogaServerOptions } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { OperationCall } from '../graphql/call.ts';
import { openStream, type StreamArgs } from '../graphql/operation-stream.ts';
import type { StreamHold } from './event-stream.ts';
import type { Upload } from './uploads.ts';

/** What Yoga carries from the entrance to the one door. */
export interface ServerContext {
  call: OperationCall;
  hold: StreamHold;
  /** Null for a request that carries no file. */
  upload: Upload | null;
}

/** How documents are checked. */
export interface ValidationSettings {
  introspection: boolean;
  /** Most problems that are looked for. */
  validationErrors: number;
}

// Anybody can fill what is kept; parsed, a document takes 200 bytes for each character.
const keptCharacters = 200_000;
const keptEntries = 1000;

/**
 * Builds the Yoga server: it reads requests, writes answers and wraps the phases of an operation.
 * What it could do besides is off; the one door masks, logs and limits.
 */
export function createServer(
  schema: GraphQLSchema,
  settings: ValidationSettings,
  http: Pick<YogaServerOptions<ServerContext, object>, 'cors' | 'maxRequestBodySize' | 'plugins'>,
) {
  const documents = createCache<DocumentNode>();
  return createYoga<ServerContext>({
    ...http,
    schema,
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    logging: false,
    maskedErrors: false,
    parserAndValidationCache: {
      documentCache: documents,
      errorCache: createCache(),
    },
    plugins: [useGraphql(settings, documents.forget), ...(http.plugins ?? [])],
  });
}

function createCache<Value extends object>() {
  const cache = new LRUCache<string, Value>({ max: keptEntries, maxSize: keptCharacters });
  return {
    get: (text: string) => cache.get(text),
    set: (text: string, value: Value) => cache.set(text, value, { size: text.length + 1 }),
    forget: (text: string) => cache.delete(text),
  };
}

/** Runs operations with graphql itself, streams with a context for each event. */
function useGraphql(
  { introspection, validationErrors }: ValidationSettings,
  forgetDocument: (text: string) => void,
): Plugin {
  const options = { maxErrors: validationErrors, hideSuggestions: !introspection };
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules: ValidationRule[]) => {
        const problems = validate(schema, document, rules, options);
        // Kept with their document, its errors would keep all that validation worked with: a MB.
        if (problems.length > 0) forgetDocument(document.loc?.source.body ?? '');
        return problems;
      });
    },
    onExecute: ({ setExecuteFn }) => setExecuteFn(execute),
    // Nobody but the one door subscribes, and it passes on how events are answered.
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn((args) => openStream(args as StreamArgs)),
  };
}
