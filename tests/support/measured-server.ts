import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { samplePassword } from '../../prisma/seed.ts';
import { openDatabase } from '../../src/platform/database/connect.ts';
import { captureLog } from './captured-log.ts';
import { openServerYard } from './server-process.ts';

/** A server of its own process, with the sample accounts, that is asked over HTTP. */
export interface MeasuredServer {
  /** Asks from a client address that nobody else has; answers the data and how long it took. */
  ask(query: string, variables?: object, accessToken?: string): Promise<TimedAnswer>;
  /** Signs in, and fails unless it says what is expected. */
  signIn(email: string, password: string, expected: string): Promise<TimedAnswer>;
  stop(): Promise<void>;
}

/** What was answered, and when. */
export interface TimedAnswer {
  tookMs: number;
  /** The parts that are asked for here. */
  data: { signIn?: { __typename: string; tokens?: { accessToken: string } } };
}

/** An account that every such server has. */
export const sample = { email: 'ada@example.com', password: samplePassword };

const signInDocument = `mutation ($email: EmailAddress!, $password: String!) {
  signIn(input: { email: $email, password: $password }) {
    __typename
    ... on AuthPayload { tokens { accessToken } }
    ... on RateLimitedError { scope }
  }
}`;

/** Names one of the `accounts` that a server was started with; they have the password of `sample`. */
export const addressOf = (index: number) => `somebody${index}@example.com`;

/** Starts a server on an empty data directory, with so many accounts besides the sample. */
export async function startMeasuredServer(
  environment: Record<string, string> = {},
  accounts = 0,
): Promise<MeasuredServer> {
  const yard = await openServerYard();
  const start = () =>
    yard.start({
      TRUSTED_PROXY_HOPS: '1',
      LOG_LEVEL: 'info',
      CLIENT_OPERATIONS_PER_MINUTE: '1000000',
      ...environment,
    });
  if (accounts > 0) {
    const first = start();
    await first.ready();
    first.signal('SIGTERM');
    await first.exited;
    await makeAccounts(yard.dataDir, accounts);
  }
  const url = await start().ready();
  const ask: MeasuredServer['ask'] = async (query, variables = {}, accessToken) => {
    const startedAt = performance.now();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': `10.${[256, 256, 256].map((bound) => randomInt(bound)).join('.')}`,
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    const tookMs = performance.now() - startedAt;
    if (errors) throw new Error(JSON.stringify(errors));
    return { tookMs, data };
  };
  return {
    ask,
    async signIn(email, password, expected) {
      const answer = await ask(signInDocument, { email, password });
      const said = answer.data.signIn?.__typename;
      if (said !== expected) throw new Error(`A sign-in answered ${said}.`);
      return answer;
    },
    stop: yard.close,
  };
}

/** Makes accounts with the hash of the sample, in the database of a server that does not run. */
async function makeAccounts(dataDir: string, count: number): Promise<void> {
  const settings = { kind: 'embedded', dataDir: join(dataDir, 'database') } as const;
  const { prisma, close } = await openDatabase(settings, captureLog().log);
  const where = { user: { email: sample.email } };
  const { hash } = await prisma.passwordCredential.findFirstOrThrow({ where });
  for (let index = 0; index < count; index++) {
    const password = { create: { hash } };
    const emailVerifiedAt = new Date();
    await prisma.user.create({
      data: { email: addressOf(index), displayName: 'Somebody', emailVerifiedAt, password },
    });
  }
  await close();
}
