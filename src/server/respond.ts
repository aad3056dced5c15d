import { randomUUID } from 'node:crypto';
import type { Call } from '../graphql/call.ts';
import { describeFault } from '../platform/fault.ts';
import type { Log } from '../platform/log.ts';
import { clientAddress } from './client-address.ts';
import type { Handler } from './graphql.ts';
import { addSecurityHeaders } from './security-headers.ts';

/** What the HTTP layer needs to know of the configuration. */
export interface HttpSettings {
  trustedProxyHops: number;
  /** Whether the server answers under this host name; a development server has its own only. */
  servesHost(hostname: string): boolean;
  /** Whether clients reach the server over https. */
  isHttps: boolean;
  /** Whether Server-Timing tells each phase, or only the total. */
  detailedTimings: boolean;
}

/** Answers one request that came from a socket address, or from no socket at all. */
export type Respond = (request: Request, socketAddress: string | null) => Promise<Response>;

const maxUserAgentLength = 256;

/** Where GraphQL is served; it alone takes more than GET and HEAD. */
export const graphqlPath = '/graphql';

/** Builds the one function that all HTTP requests pass: routing, log, timing and headers. */
export function createRespond(
  routes: Record<string, Handler>,
  log: Log,
  settings: HttpSettings,
): Respond {
  return async (request, socketAddress) => {
    const startedAt = performance.now();
    const { pathname, hostname } = new URL(request.url);
    const call = callOf(request, socketAddress, log, settings);
    const handler = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
    const response =
      refuse(request, hostname, pathname, settings) ??
      (handler ? await answer(handler, request, call) : notFound());
    const durationMs = performance.now() - startedAt;
    call.timings.set('total', durationMs);
    response.headers.set('x-request-id', call.requestId);
    response.headers.set('server-timing', serverTiming(call.timings, settings.detailedTimings));
    addSecurityHeaders(response.headers, settings);
    log[response.status >= 500 ? 'warn' : 'debug'](
      {
        requestId: call.requestId,
        method: request.method,
        path: handler ? pathname : null,
        status: response.status,
        durationMs: Math.round(durationMs),
      },
      'request',
    );
    return response;
  };
}

function callOf(
  request: Request,
  socketAddress: string | null,
  log: Log,
  { trustedProxyHops }: HttpSettings,
): Call {
  const { headers } = request;
  return {
    requestId: randomUUID(),
    ipAddress: clientAddress(socketAddress, headers.get('x-forwarded-for'), trustedProxyHops),
    userAgent: headers.get('user-agent')?.slice(0, maxUserAgentLength) ?? null,
    authorization: headers.get('authorization'),
    timings: new Map(),
    log,
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

const notFound = () => problem(404, 'NOT_FOUND', 'There is nothing here.');

async function answer(handler: Handler, request: Request, call: Call): Promise<Response> {
  try {
    return await handler(request, call);
  } catch (error) {
    call.log.error({ requestId: call.requestId, fault: describeFault(error) }, 'A request failed.');
    return problem(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong.');
  }
}

function problem(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status });
}

/** Writes durations in milliseconds as the Server-Timing header has them. */
function serverTiming(timings: ReadonlyMap<string, number>, detailed: boolean): string {
  return [...timings]
    .filter(([phase]) => detailed || phase === 'total')
    .map(([phase, ms]) => `${phase};dur=${ms.toFixed(1)}`)
    .join(', ');
}
