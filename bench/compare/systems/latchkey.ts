import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };
import { administrator } from '../administrator.ts';
import { decodeIds } from '../global-ids.ts';
import type { System, SystemRequest, WorkloadName } from '../system.ts';

const root = join(import.meta.dirname, '../../..');

const user = 'id displayName createdAt';
const documents: Record<WorkloadName, string> = {
  W1: '{ me { id email displayName createdAt } }',
  W2: `{ users(first: 20) { nodes { ${user} } pageInfo { hasNextPage endCursor } } }`,
  W3: `{ users(first: 20) {
    nodes { ${user} sessions(first: 3) { nodes { id createdAt } } }
    pageInfo { hasNextPage endCursor }
  } }`,
  W4: '{ __typename }',
};

const signInDocument = `mutation ($input: SignInInput!) {
  signIn(input: $input) {
    __typename
    ... on AuthPayload { tokens { accessToken } }
    ... on RateLimitedError { scope }
  }
}`;

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: as many shapes as questions
  data: any;
}

const ask = (query: string, variables = {}): SystemRequest => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables }),
});

/** This server, as an operator starts it. */
export const system: System = {
  name: 'latchkey',
  title: `Latchkey ${manifest.version}`,
  start: (environment) => ({
    // Away from the `.env` of whoever measures.
    cwd: tmpdir(),
    command: process.execPath,
    args: [join(root, 'src/main.ts')],
    env: {
      DATABASE_POOL_SIZE: environment.POOL_SIZE ?? '',
      PUBLIC_URL: environment.ISSUER ?? '',
      SECRET_KEY: 'the secret key of all starts of a benchmark',
      ADMIN_EMAIL: administrator.email,
      ADMIN_PASSWORD: administrator.password,
      LOG_LEVEL: 'warn',
      // A client has an address of its own for what is limited by address.
      TRUSTED_PROXY_HOPS: '1',
      CLIENT_OPERATIONS_PER_MINUTE: '1000000',
      ACCESS_TOKEN_SECONDS: '3600',
    },
  }),
  request: (workload) => ask(documents[workload]),
  read(workload, body) {
    const { data } = body as Answer;
    switch (workload) {
      case 'W1':
        return decodeIds(data.me);
      case 'W2':
      case 'W3': {
        const { nodes, pageInfo } = data.users;
        const users = nodes.map(({ sessions, ...user }: { sessions?: { nodes: object[] } }) => ({
          ...decodeIds(user),
          ...(sessions && { sessions: sessions.nodes.map(decodeIds) }),
        }));
        return { users, hasNextPage: pageInfo.hasNextPage };
      }
      case 'W4':
        return data;
    }
  },
  signIn: {
    request: (email, password) => ask(signInDocument, { input: { email, password } }),
    outcome(status, body) {
      const { __typename, scope } = (body as Answer).data?.signIn ?? {};
      if (status === 200 && __typename === 'AuthPayload') return 'signed in';
      return scope === 'SERVER' ? 'busy' : 'wrong';
    },
  },
  installation: {
    root,
    own: ['package.json', 'prisma/migrations', 'prisma/seed.ts', 'scripts/migrate.ts', 'src'],
  },
};
