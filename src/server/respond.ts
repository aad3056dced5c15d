import type { Call } from '../graphql/call.ts';
import { RateLimitedError } from '../platform/errors.ts';
import { describeFault } from '../platform/fault.ts';
import { createFindRoute, type Routes } from './find-route.ts';
import type { Handler } from './graphql.ts';
import type { OpenFrame } from './request-frame.ts';

/** What the HTTP layer needs to know of the configuration. */
export interface HttpSettings {
  /** Whether the server answers under this host name; a development server has its own only. */
  servesHost(hostname: string): boolean;
}

/** Answers one request that came from a socket address, or from no socket at all. */
export type Respond = (request: Request, socketAddress: string | null) => Promise<Response>;

/** Where GraphQL is served; it alone takes more than GET and HEAD. */
export const graphqlPath = '/graphql';

/** Builds the one function that all HTTP requests pass: routing, log, timing and headers. */
export function createRespond(
  routes: Routes,
  openFrame: OpenFrame,
  settings: HttpSettings,
): Respond {
  const findRoute = createFindRoute(routes);
  return async (request, socketAddress) => {
    const { call, close } = openFrame(request.headers, socketAddress);
    const { pathname, hostname } = new URL(request.url);
    const route = findRoute(pathname);
    const response =
      refuse(request, hostname, pathname, settings) ??
      (route ? await answer(route.handler, request, call) : notFound());
    const { status, headers } = response;
    close({ method: request.method, path: route?.path ?? null, status, headers });
    return response;
  };
}

/** Refuses what no route is to see; null for everything else. */
function refuse(
  { method }: Request,
  hostname: string,
  pathname: string,
  { servesHost }: HttpSettings,
): Response | null {
  // A page of another site can point its own name at this machine and then read what is answered.
  if (!servesHost(hostname)) {
    return problem(421, 'MISDIRECTED_REQUEST', 'This server does not answer under that name.');
  }
  if (pathname === graphqlPath || method === 'GET' || method === 'HEAD') return null;
  return problem(405, 'METHOD_NOT_ALLOWED', 'Only GET and HEAD are answered here.');
}

/** Says that nothing is served at a path. */
export const notFound = () => problem(404, 'NOT_FOUND', 'There is nothing here.');

/** Refuses to answer anything but GET, for what costs as much without its body. */
export const onlyGet = () => problem(405, 'METHOD_NOT_ALLOWED', 'Only GET is answered here.');

/** Refuses a token that does not hold (RFC 6750 §3.1). */
export function unauthenticated(): Response {
  const response = problem(401, 'UNAUTHENTICATED', 'The access token is not valid (any more).');
  response.headers.set('www-authenticate', 'Bearer error="invalid_token"');
  return response;
}

async function answer(handler: Handler, request: Request, call: Call): Promise<Response> {
  try {
    return await handler(request, call);
  } catch (error) {
    // The client has left or was too slow: nothing is wrong here, and nobody reads the answer.
    if (request.signal.aborted) return problem(400, 'BAD_REQUEST', 'The request broke off.');
    if (error instanceof RateLimitedError) return tooMany(error);
    call.log.error({ requestId: call.requestId, fault: describeFault(error) }, 'A request failed.');
    return problem(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong.');
  }
}

function tooMany({ code, message, retryAfterSeconds }: RateLimitedError): Response {
  const response = problem(429, code, message);
  response.headers.set('retry-after', String(retryAfterSeconds));
  return response;
}

function problem(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status });
}
