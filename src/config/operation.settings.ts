import { flag, wholeNumber } from './kinds.ts';
import { optional, withDefault } from './setting.ts';

/** Describes what GraphQL operations and their clients may ask for. */
export const operationSettings = {
  INTROSPECTION: optional(flag(), {
    description: 'Whether clients may read the GraphQL schema from the server.',
    example: 'true',
    whenUnset: '`true` in development, `false` in production',
  }),
  GRAPHIQL: optional(flag(), {
    description:
      'Whether browsers get GraphiQL at `/graphql`. It needs `INTROSPECTION` to explain the schema.',
    example: 'true',
    whenUnset: '`true` in development, `false` in production',
  }),
  GRAPHQL_MAX_DOCUMENT_BYTES: withDefault(wholeNumber(1024, 1_048_576, 'bytes'), {
    description: 'Longest GraphQL document, in bytes of UTF-8.',
    default: '32768',
  }),
  GRAPHQL_MAX_TOKENS: withDefault(wholeNumber(100, 20_000), {
    description: 'Most tokens (names, values, punctuation) in a document.',
    default: '2000',
  }),
  GRAPHQL_MAX_DEPTH: withDefault(wholeNumber(1, 50), {
    description: 'How deep fields may be nested; what is below `__schema` does not count.',
    default: '10',
  }),
  GRAPHQL_MAX_ALIASES: withDefault(wholeNumber(0, 1000), {
    description: 'Most aliases in an operation, fragments counted wherever they are spread.',
    default: '30',
  }),
  GRAPHQL_MAX_DIRECTIVES: withDefault(wholeNumber(0, 1000), {
    description: 'Most directives in an operation, fragments counted wherever they are spread.',
    default: '50',
  }),
  GRAPHQL_MAX_LIST_ITEMS: withDefault(wholeNumber(1, 10_000), {
    description: 'Most items of a list in an argument or a variable.',
    default: '200',
  }),
  GRAPHQL_MAX_COST: withDefault(wholeNumber(2000, 1_000_000), {
    description:
      'Highest cost of an operation: 1 for each field, multiplied by the sizes of the pages that it is in. Introspection costs 5,000, a sign-in 1,000.',
    default: '10000',
  }),
  GRAPHQL_MAX_VALIDATION_ERRORS: withDefault(wholeNumber(1, 100), {
    description: 'Most validation errors that are reported for a document.',
    default: '10',
  }),
  CLIENT_OPERATIONS_PER_MINUTE: withDefault(wholeNumber(1, 1_000_000), {
    description:
      'Most operations a minute from one client address (IPv6: one /64), over all transports; counted by each process.',
    default: '1200',
  }),
  CLIENT_LIVE_CONNECTIONS: withDefault(wholeNumber(1, 100_000), {
    description:
      'Most WebSockets and event streams that one client address (IPv6: one /64) may hold open to a process.',
    default: '100',
  }),
  USER_LIVE_CONNECTIONS: withDefault(wholeNumber(1, 100_000), {
    description:
      'Most WebSockets and event streams that one user may hold open to a process, wherever they come from.',
    default: '50',
  }),
  USER_LIVE_COST: withDefault(wholeNumber(100, 1_000_000_000), {
    description:
      'Highest cost of all subscriptions together that one user may have running at a process, counted as for `GRAPHQL_MAX_COST`: each event may execute all of them. Each counts 20 at least.',
    default: '20000',
  }),
  WEBSOCKET_MAX_OPERATIONS: withDefault(wholeNumber(1, 10_000), {
    description: 'Most operations, subscriptions included, that run on one WebSocket at a time.',
    default: '100',
  }),
  WEBSOCKET_MESSAGE_BYTES: withDefault(wholeNumber(1024, 16_777_216, 'bytes'), {
    description: 'Largest message that is read from a WebSocket, in bytes.',
    default: '131072',
  }),
  WEBSOCKET_INIT_TIMEOUT_MS: withDefault(wholeNumber(100, 60_000, 'milliseconds'), {
    description: 'How long a new WebSocket may take to send `connection_init`, in milliseconds.',
    default: '5000',
  }),
};
