import { moment, queryRequest, startPeer, versionsOf } from './peer.ts';
import type { System, WorkloadName } from './system.ts';

interface Connection<Node> {
  edges: { node: Node }[];
  pageInfo: { hasNextPage: boolean };
}

interface Session {
  id: string;
  createdAt: string;
}

interface User {
  id: string;
  displayName: string;
  createdAt: string;
  email?: string;
  sessions?: Connection<Session>;
}

interface Answer {
  data: { me?: User; users?: Connection<User>; __typename?: string };
}

const usersQuery = (fields: string) =>
  `{ users(first: 20) { edges { node { ${fields} } } pageInfo { hasNextPage endCursor } } }`;

const queries: Record<WorkloadName, string> = {
  W1: '{ me { id email displayName createdAt } }',
  W2: usersQuery('id displayName createdAt'),
  W3: usersQuery('id displayName createdAt sessions(first: 3) { edges { node { id createdAt } } }'),
  W4: '{ __typename }',
};

const nodesOf = <Node>({ edges }: Connection<Node>) => edges.map(({ node }) => node);

function readUser({ sessions, ...user }: User): object {
  const read = { ...user, createdAt: moment(user.createdAt) };
  if (sessions === undefined) return read;
  const listed = nodesOf(sessions).map(({ id, createdAt }) => ({
    id,
    createdAt: moment(createdAt),
  }));
  return { ...read, sessions: listed };
}

/** Describes a server of the schema of bench/peers/yoga-pothos-prisma/schema.ts. */
export const pothosPeer = (name: string, title: string, packages: readonly string[]): System => ({
  name,
  title: `${title} (${versionsOf(name, packages)})`,
  start: startPeer(name),
  request: (workload) => queryRequest(queries[workload]),
  read(_workload, body) {
    const { me, users, ...rest } = (body as Answer).data;
    if (me) return readUser(me);
    if (!users) return rest;
    return { users: nodesOf(users).map(readUser), hasNextPage: users.pageInfo.hasNextPage };
  },
});
