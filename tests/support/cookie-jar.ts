import type { GraphqlBody } from './raw-request.ts';

/** The cookies of one browser, as far as tests need them, and requests that carry them. */
export interface CookieJar {
  /** Values by name. */
  readonly cookies: Map<string, string>;
  /** Posts an operation to the server with the cookies and the header that they need. */
  ask(query: string, more?: Asked): Promise<CookieAnswer>;
}

/** What else goes along with a request; a header that is null is left out. */
export interface Asked {
  variables?: object;
  headers?: Record<string, string | null>;
}

/** What came back. */
export interface CookieAnswer {
  status: number;
  headers: Headers;
  /** As they were set, with their attributes. */
  setCookies: string[];
  body: GraphqlBody;
  codes: unknown[];
}

/** Opens an empty jar for a server at an origin. */
export function createCookieJar(url: string): CookieJar {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async ask(query, { variables, headers = {} } = {}) {
      const all: Record<string, string | null> = {
        accept: 'application/graphql-response+json',
        'content-type': 'application/json',
        'x-latchkey-csrf': '1',
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...headers,
      };
      const sent = Object.entries(all).filter((entry): entry is [string, string] => !!entry[1]);
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: sent,
        body: JSON.stringify({ query, variables }),
      });
      const setCookies = response.headers.getSetCookie();
      for (const cookie of setCookies) {
        const [, name = '', value = '', age] = /^([^=]+)=([^;]*); Max-Age=(\d+)/.exec(cookie) ?? [];
        if (age === '0') cookies.delete(name);
        else cookies.set(name, value);
      }
      const text = await response.text();
      const body: GraphqlBody = JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text);
      const codes = (body.errors ?? []).map(({ extensions }) => extensions?.code);
      return { status: response.status, headers: response.headers, setCookies, body, codes };
    },
  };
}
