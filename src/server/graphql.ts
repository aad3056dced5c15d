import type { GraphQLSchema } from 'graphql';
import type { FetchAPI, Plugin, YogaServer } from 'graphql-yoga';
import type { Call } from '../graphql/call.ts';
import type { AdmitFile } from '../graphql/file-admission.ts';
import type { HeldCallers } from '../graphql/held-callers.ts';
import type { OperationLimits } from '../graphql/operation-limits.ts';
import type { Enveloped } from '../graphql/prepare-operation.ts';
import type { RunOperation } from '../graphql/run-operation.ts';
import { csrfHeader } from '../graphql/token-cookies.ts';
import {
  acceptsEventStream,
  holdStream,
  isEventStream,
  keepFlowing,
  noteCutOff,
} from './event-stream.ts';
import type { LiveConnections } from './live-connections.ts';
import type { OriginCheck } from './origin-check.ts';
import { useStrictRequests } from './strict-requests.ts';
import type { ReadTokens } from './token-cookies.ts';
import { createTakeUpload } from './uploads.ts';
import { createServer, type ServerContext } from './yoga.ts';

/** How GraphQL is served over HTTP. */
export interface GraphqlSettings {
  introspection: boolean;
  operationLimits: OperationLimits;
  /** Origins whose pages may call; `*` alone stands for all. */
  corsOrigins: readonly string[];
  requestBodyBytes: number;
  /** Largest file that is read. */
  uploadMaxBytes: number;
}

/** Answers one HTTP request. */
export type Handler = (request: Request, call: Call) => Response | Promise<Response>;

/** What the entrance leads to, and asks before. */
export interface GraphqlParts {
  schema: GraphQLSchema;
  settings: GraphqlSettings;
  runOperation: RunOperation;
  readTokens: ReadTokens;
  admitFile: AdmitFile;
  isTrusted: OriginCheck;
  connections: LiveConnections;
  heldCallers: Pick<HeldCallers, 'hold'>;
}

/** The HTTP entrance to the one door, and the phases that other entrances run operations with. */
export interface GraphqlEntrance {
  handle: Handler;
  enveloped(): Enveloped;
  /** What responses are made with. */
  fetchApi: FetchAPI;
}

const preflightMaxAgeSeconds = 600;

/** Builds the entrance: Yoga reads requests and writes answers. */
export function createGraphqlEntrance(parts: GraphqlParts): GraphqlEntrance {
  const { schema, settings, readTokens, admitFile, isTrusted } = parts;
  const { introspection, operationLimits } = settings;
  const { validationErrors } = operationLimits;
  const yoga = createServer(
    schema,
    { introspection, validationErrors },
    {
      cors: (request) => corsOf(request.headers.get('origin'), settings.corsOrigins),
      maxRequestBodySize: settings.requestBodyBytes,
      plugins: [useOneDoor(parts), useStrictRequests()],
    },
  );
  const takeUpload = createTakeUpload(
    { fieldBytes: settings.requestBodyBytes, fileBytes: settings.uploadMaxBytes },
    admitFile,
  );
  return {
    async handle(request, call) {
      const { headers } = request;
      const origin = headers.get('origin');
      const sender = {
        origin,
        host: new URL(request.url).host,
        secFetchSite: headers.get('sec-fetch-site'),
      };
      if (request.method !== 'OPTIONS' && !isTrusted(sender)) return untrustedOrigin(request);
      const transport = acceptsEventStream(headers) ? 'sse' : 'http';
      const { caller, cookies, writeTo } = readTokens(headers, transport === 'http');
      const operationCall = { ...call, caller, cookies, transport } as const;
      const hold = holdStream(parts, operationCall);
      // A client that is gone rejects, while the operation may still come to a stream.
      // Also when it leaves before the stream is read at all.
      if (transport === 'sse') request.signal.addEventListener('abort', hold.leave, { once: true });
      const upload = takeUpload(request, operationCall);
      let response: Response | undefined;
      try {
        response = await yoga.fetch(upload ? withoutBody(request) : request, {
          call: { ...operationCall, onStreamOver: hold.expire },
          hold,
          upload,
        });
      } finally {
        if (!response || !isEventStream(response.headers)) hold.leave();
      }
      keepFlowing(response.headers);
      noteCutOff(response, hold);
      writeTo(response.headers);
      response.headers.append('vary', 'Origin');
      // What is left of the body could not be told from another request.
      if (upload?.isCut()) response.headers.set('connection', 'close');
      return response;
    },
    enveloped: () => yoga.getEnveloped({}),
    fetchApi: yoga.fetchAPI,
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
    // Whoever trusts all origins trusts none with the cookies of its users.
    credentials: allowed.includes(origin),
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', csrfHeader],
    exposedHeaders: ['x-request-id', 'server-timing', 'retry-after'],
    maxAge: preflightMaxAgeSeconds,
  };
}

/** Copies what there is besides the body, which is read by somebody else, and by other limits. */
function withoutBody({ url, method, headers, signal }: Request): Request {
  const kept = new Headers(headers);
  kept.delete('content-length');
  return new Request(url, { method, headers: kept, signal });
}

function useOneDoor({ runOperation }: GraphqlParts): Plugin<object, ServerContext> {
  let server: YogaServer<ServerContext, object>;
  return {
    onYogaInit({ yoga }) {
      server = yoga;
    },
    onParams({ setParamsHandler }) {
      setParamsHandler(({ request, params, context }) => {
        const enveloped = server.getEnveloped(Object.assign(context, { request, params }));
        const { query = '', variables, operationName } = params;
        const run = () =>
          runOperation(enveloped, { query, variables, operationName }, context.call);
        return context.call.transport === 'sse' ? context.hold.open(run) : run();
      });
    },
  };
}

function untrustedOrigin({ body }: Request): Response {
  const message = 'Pages of this origin may not call here.';
  const result = { errors: [{ message, extensions: { code: 'ORIGIN_NOT_ALLOWED' } }] };
  // A body is not read for its sake.
  const headers = { vary: 'Origin', ...(body && { connection: 'close' }) };
  return Response.json(result, { status: 403, headers });
}
