import { administrator } from './administrator.ts';
import { startServer } from './server-run.ts';
import type { Person } from './system.ts';
import { system as latchkey } from './systems/latchkey.ts';

/** Tokens of Latchkey, as all systems are asked with them. */
export interface Issued {
  /** One of each viewer, in their order. */
  tokens: string[];
  /** Of a session that has ended, while the token itself has not. */
  revoked: string;
  /** What they are checked with. */
  jwks: string;
}

/** Starts Latchkey once, which makes the tables and the administrator. */
export async function prepareTables(
  environment: Record<string, string>,
  interruption: AbortSignal,
): Promise<void> {
  await withLatchkey(environment, interruption, async () => {});
}

/** Signs the viewers in. */
export async function issueTokens(
  environment: Record<string, string>,
  viewers: readonly Person[],
  interruption: AbortSignal,
): Promise<Issued> {
  return await withLatchkey(environment, interruption, async (url) => {
    const tokens: string[] = [];
    for (const [index, { email }] of viewers.entries()) {
      tokens.push(await signIn(url, email, `10.2.0.${index}`));
    }
    const revoked = await signIn(url, administrator.email, '10.2.1.0');
    await post(
      url,
      'mutation { signOut { __typename } }',
      {},
      { authorization: `Bearer ${revoked}` },
    );
    const jwks = await (await fetch(`${url}/.well-known/jwks.json`)).text();
    return { tokens, revoked, jwks };
  });
}

async function withLatchkey<Result>(
  environment: Record<string, string>,
  interruption: AbortSignal,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const url = environment.ISSUER ?? '';
  const isReady = async () => {
    const { ok, status } = await fetch(`${url}/health/ready`);
    return ok ? null : `Latchkey answered ${status}`;
  };
  const launch = latchkey.start(environment);
  const server = await startServer(launch, environment, isReady, interruption);
  try {
    return await work(url);
  } finally {
    await server.stop();
  }
}

async function signIn(url: string, email: string, address: string): Promise<string> {
  const { data } = await post(
    url,
    `mutation ($input: SignInInput!) {
      signIn(input: $input) { ... on AuthPayload { tokens { accessToken } } }
    }`,
    { input: { email, password: administrator.password } },
    { 'x-forwarded-for': address },
  );
  return data.signIn.tokens.accessToken;
}

async function post(
  url: string,
  query: string,
  variables: object,
  headers: Record<string, string>,
) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: as many shapes as questions
  const answer = (await response.json()) as { data?: any; errors?: unknown };
  if (!answer.data) throw new Error(`Latchkey answered ${JSON.stringify(answer)}.`);
  return answer as { data: NonNullable<typeof answer.data> };
}
