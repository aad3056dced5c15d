import type { Call } from '../graphql/call.ts';
import type { Log } from '../platform/log.ts';
import { createCall, type HeaderFields } from './client-call.ts';
import { type AnswerFields, addSecurityHeaders } from './security-headers.ts';

/** How requests are looked at and answered, whatever they lead to. */
export interface FrameSettings {
  trustedProxyHops: number;
  /** Whether clients reach the server over https. */
  isHttps: boolean;
  /** Whether Server-Timing tells each phase, or only the total. */
  detailedTimings: boolean;
}

/** What a request led to. */
export interface Outcome {
  method: string;
  /** As the routes name it; null where nothing is served. */
  path: string | null;
  status: number;
  /** Of the answer; what all answers carry is added. */
  headers: AnswerFields;
}

/** One request from its first look to its answer. */
export interface RequestFrame {
  call: Call;
  /** Adds what all answers carry, and tells the log. */
  close(outcome: Outcome): void;
}

/** Opens the frame of a request that came from a socket address, or from no socket at all. */
export type OpenFrame = (headers: HeaderFields, socketAddress: string | null) => RequestFrame;

/** Builds what opens the frames of all requests. */
export function createOpenFrame(log: Log, settings: FrameSettings): OpenFrame {
  return (requestHeaders, socketAddress) => {
    const startedAt = performance.now();
    const call = createCall(requestHeaders, socketAddress, log, settings);
    return {
      call,
      close({ method, path, status, headers }) {
        const durationMs = performance.now() - startedAt;
        call.timings.set('total', durationMs);
        headers.set('x-request-id', call.requestId);
        headers.set('server-timing', serverTiming(call.timings, settings.detailedTimings));
        addSecurityHeaders(headers, settings);
        log[status >= 500 ? 'warn' : 'debug'](
          { requestId: call.requestId, method, path, status, durationMs: Math.round(durationMs) },
          'request',
        );
      },
    };
  };
}

/** Writes durations in milliseconds as the Server-Timing header has them. */
function serverTiming(timings: ReadonlyMap<string, number>, detailed: boolean): string {
  return [...timings]
    .filter(([phase]) => detailed || phase === 'total')
    .map(([phase, ms]) => `${phase};dur=${ms.toFixed(1)}`)
    .join(', ');
}
