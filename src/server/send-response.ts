import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { sendNodeResponse } from '@whatwg-node/server';
import { cutOffOf, isEventStream } from './event-stream.ts';
import type { PlainAnswer } from './plain-answers.ts';

/**
 * Writes an answer to its connection. An event stream is read no faster than its client does, is
 * left when the client leaves, and cuts the connection off when it fails, or when its client does not
 * take the end of it.
 */
export async function sendResponse(
  answer: Response | PlainAnswer,
  response: ServerResponse,
  request: IncomingMessage,
): Promise<void> {
  if (isPlain(answer)) return sendAtOnce(answer, response);
  if (answer.body === null || !isEventStream(answer.headers)) {
    if (!request.complete && answer.headers.get('connection') === 'close') {
      return sendBeforeCut(answer, response);
    }
    return sendNodeResponse(answer, response, request, false);
  }
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  // Either end may break off: the other is told by `pipeline`, and there is nobody else to tell.
  const signal = cutOffOf(answer);
  await pipeline(answer.body, response, { ...(signal && { signal }) }).catch(() => {});
}

const isPlain = (answer: Response | PlainAnswer): answer is PlainAnswer =>
  typeof answer.body === 'string';

function sendAtOnce({ status, headers, body }: PlainAnswer, response: ServerResponse): void {
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, { ...Object.fromEntries(headers), 'content-length': length });
  response.end(body);
}

/** How long a client that still sends has to read the answer. */
const readingMs = 1_000;

/**
 * Writes the answer to a request that is not read to its end, and then cuts the connection off. At
 * once would be too early: a client that learns of it by sending loses the answer with it.
 */
async function sendBeforeCut(answer: Response, response: ServerResponse): Promise<void> {
  const content = Buffer.from(await answer.arrayBuffer());
  const { headers, status } = answer;
  response.writeHead(status, {
    ...Object.fromEntries(headers),
    'content-length': content.byteLength,
  });
  response.write(content);
  const over = new AbortController();
  const left = once(response, 'close', { signal: over.signal });
  await Promise.race([left, setTimeout(readingMs)]).finally(() => over.abort());
  response.end();
}
