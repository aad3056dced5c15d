import { queryRequest, startPeer, versionsOf } from '../peer.ts';
import type { System, WorkloadName } from '../system.ts';

const usersQuery = (fields: string) =>
  `{ users(first: 20) { nodes { ${fields} } hasNextPage endCursor } }`;

const queries: Record<WorkloadName, string> = {
  W1: '{ me { id email displayName createdAt } }',
  W2: usersQuery('id displayName createdAt'),
  W3: usersQuery('id displayName createdAt sessions(first: 3) { id createdAt }'),
  W4: '{ __typename }',
};

interface Answer {
  data: { me?: object; users?: { nodes: object[]; hasNextPage: boolean }; __typename?: string };
}

const name = 'mercurius-pg';

/** Mercurius with its compiler of queries, its loaders and hand-written SQL. */
export const system: System = {
  name,
  title: `Mercurius with JIT, hand-written SQL (${versionsOf(name, ['mercurius', 'fastify', 'pg', 'graphql'])})`,
  start: startPeer(name),
  request: (workload) => queryRequest(queries[workload]),
  read(_workload, body) {
    const { me, users, ...rest } = (body as Answer).data;
    if (me) return me;
    return users ? { users: users.nodes, hasNextPage: users.hasNextPage } : rest;
  },
};
