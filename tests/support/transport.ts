/** What is asked; of any type, as clients send anything. */
export interface Question {
  query?: unknown;
  variables?: unknown;
  operationName?: unknown;
  extensions?: unknown;
}

/** Who asks, and from where. */
export interface Asker {
  /** The header, or what stands for it on a socket. */
  authorization?: string;
  /** Address of the client, as a trusted proxy reports it. */
  ipAddress?: string;
  headers?: Record<string, string>;
}

/** What came of a question, whatever the transport. */
export interface TransportAnswer {
  /** Of HTTP; null once the protocol has changed. */
  status: number | null;
  /** Codes of all errors; `CLOSED_4400` where a socket was closed instead of an answer. */
  codes: string[];
  /** Undefined where nothing was executed. */
  data: unknown;
  errors: { message: string; extensions?: Record<string, unknown> }[];
  headers: Headers;
}

/** A subscription that goes on. */
export interface HeldStream {
  first: TransportAnswer;
  /** Leaves it; resolves when the connection is gone. */
  leave(): Promise<void>;
}

/** The ways in to operations. */
export type TransportName =
  | 'POST'
  | 'GET'
  | 'Event stream by POST'
  | 'Event stream by GET'
  | 'WebSocket';

/** A way to ask a server that listens. */
export interface Transport {
  readonly name: TransportName;
  /** Whether it runs mutations, and subscriptions. */
  readonly mutates: boolean;
  readonly streams: boolean;
  /** Whether a question is short enough for it, before any limit of operations. */
  carries(question: Question): boolean;
  /** Asks the server at an origin, takes the first answer and leaves. */
  ask(url: string, question: Question, asker?: Asker): Promise<TransportAnswer>;
  /** Asks, takes the first answer and stays; what is no stream has ended by itself. */
  hold(url: string, question: Question, asker?: Asker): Promise<HeldStream>;
}

/** What an answer in JSON is made of. */
interface AnswerBody {
  data?: unknown;
  errors?: TransportAnswer['errors'];
  /** Of answers outside of GraphQL. */
  code?: string;
  message?: string;
}

/** Reads the body of an answer; of none, or of none in JSON, there are no codes. */
export function readAnswer(
  text: string,
  status: number | null,
  headers: Headers = new Headers(),
): TransportAnswer {
  const {
    data,
    errors = [],
    code,
    message = '',
  }: AnswerBody = isJson(text) ? JSON.parse(text) : {};
  const all = code === undefined ? errors : [{ message, extensions: { code } }];
  const codes = all.map(({ extensions }) => String(extensions?.code));
  return { status, codes, data, errors: all, headers };
}

const isJson = (text: string) => /^\s*[{[]/.test(text);

/** Writes the headers that every transport begins with. */
export function headersOf({ ipAddress, headers = {} }: Asker): Record<string, string> {
  return { ...(ipAddress && { 'x-forwarded-for': ipAddress }), ...headers };
}

/** JSON that is sent as it stands, for what is nested too deeply to be written. */
export class WrittenJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Writes JSON. */
export function writeJson(value: unknown): string {
  const written: string[] = [];
  const text = JSON.stringify(value, (_name, inner: unknown) => {
    if (!(inner instanceof WrittenJson)) return inner;
    written.push(inner.text);
    return '#written#';
  });
  return text.replaceAll('"#written#"', () => written.shift() ?? '');
}
