import {
  type Asker,
  type HeldStream,
  headersOf,
  type Question,
  readAnswer,
  type Transport,
  type TransportAnswer,
  writeJson,
} from './transport.ts';

/** What HTTP requests of one kind are made of. */
interface RequestKind {
  method: 'GET' | 'POST';
  accept: string;
}

// Node takes 16 KiB of headers, and the URL is one of them.
const longestUrl = 15_000;

function addressOf(url: string, question: Question): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(question)) {
    if (value !== undefined) {
      parameters.set(name, typeof value === 'string' ? value : writeJson(value));
    }
  }
  return `${url}/graphql?${parameters}`;
}

function createHttpTransport(
  name: Transport['name'],
  { method, accept }: RequestKind,
  streams: boolean,
): Transport {
  async function send(url: string, question: Question, asker: Asker, signal: AbortSignal) {
    const isGet = method === 'GET';
    return await fetch(isGet ? addressOf(url, question) : `${url}/graphql`, {
      method,
      signal,
      headers: {
        accept,
        ...(!isGet && { 'content-type': 'application/json' }),
        ...(asker.authorization !== undefined && { authorization: asker.authorization }),
        ...headersOf(asker),
      },
      ...(!isGet && { body: writeJson(question) }),
    });
  }

  async function hold(url: string, question: Question, asker: Asker = {}): Promise<HeldStream> {
    const leaving = new AbortController();
    const response = await send(url, question, asker, leaving.signal);
    const first = await firstAnswer(response);
    const leave = async () => {
      leaving.abort();
      // Refers to it until then: one that is collected as garbage cancels its body.
      await response.body?.cancel().catch(() => {});
    };
    return { first, leave };
  }

  return {
    name,
    mutates: method === 'POST',
    streams,
    carries: (question) => method === 'POST' || addressOf('', question).length < longestUrl,
    hold,
    async ask(url, question, asker) {
      const { first, leave } = await hold(url, question, asker);
      await leave();
      return first;
    },
  };
}

/** Reads a whole body, or an event stream up to its first answer. */
async function firstAnswer(response: Response): Promise<TransportAnswer> {
  const { status, headers } = response;
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (!isStream) return readAnswer(await response.text(), status, headers);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    text += part.value;
    const data = /^event: next\ndata: (?<data>.*)\n\n/m.exec(text)?.groups?.data;
    if (data !== undefined) return readAnswer(data, status, headers);
  }
  return readAnswer('', status, headers);
}

const result = 'application/graphql-response+json';
const eventStream = 'text/event-stream';

export const post = createHttpTransport('POST', { method: 'POST', accept: result }, false);
export const get = createHttpTransport('GET', { method: 'GET', accept: result }, false);
export const eventStreamByPost = createHttpTransport(
  'Event stream by POST',
  { method: 'POST', accept: eventStream },
  true,
);
export const eventStreamByGet = createHttpTransport(
  'Event stream by GET',
  { method: 'GET', accept: eventStream },
  true,
);
