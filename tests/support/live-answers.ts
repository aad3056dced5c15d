import type { ExecutionResult } from 'graphql';
import type { TypedDocumentString } from '../generated/graphql.ts';
import type { Sender } from './request.ts';
import type { TestApp } from './test-app.ts';

/** The answers of a subscription that is read as an event stream. */
export interface LiveAnswers<Data> {
  status: number;
  headers: Headers;
  /** Waits for the next answer; null when the server has ended the stream. */
  next(): Promise<ExecutionResult<Data> | null>;
  /** Waits for the next answer and reads its data; fails with what was said instead. */
  nextData(): Promise<Data>;
  /** Leaves, as a client does that closes its connection. */
  leave(): Promise<void>;
}

/** Subscribes with a typed document. */
export function subscribe<Data, Variables>(
  testApp: Pick<TestApp, 'app'>,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  sender?: Sender,
): Promise<LiveAnswers<Data>> {
  return openStream<Data>(testApp, { query: document.toString(), variables }, sender);
}

/** Subscribes over an event stream, through the whole HTTP layer without a socket. */
export async function openStream<Data>(
  { app }: { app: Pick<TestApp['app'], 'respond'> },
  question: { query: string; variables?: unknown },
  { accessToken, ipAddress = '192.0.2.1' }: Sender = {},
): Promise<LiveAnswers<Data>> {
  const request = new Request('http://127.0.0.1:4000/graphql', {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(question),
  });
  const { status, headers, body } = await app.respond(request, ipAddress);
  if (body === null) throw new Error(`The answer has no body: ${status}.`);
  const answers = readAnswers<Data>(body);
  const next = async () => (await answers.next()).value ?? null;
  return {
    status,
    headers,
    next,
    async nextData() {
      const answer = await next();
      if (answer?.errors || !answer?.data) throw new Error(`Answered: ${JSON.stringify(answer)}`);
      return answer.data;
    },
    leave: async () => void (await answers.return()),
  };
}

/** Reads the events named `next`; leaving it cancels the body. */
async function* readAnswers<Data>(body: ReadableStream<Uint8Array>) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, json] = /^event: next\ndata: (.*)$/s.exec(block) ?? [];
      if (json !== undefined) yield JSON.parse(json) as ExecutionResult<Data>;
    }
  }
}
