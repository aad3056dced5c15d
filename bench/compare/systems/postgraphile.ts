import { moment, queryRequest, startPeer, versionsOf } from '../peer.ts';
import type { System, WorkloadName } from '../system.ts';

const usersQuery = (fields: string) =>
  `{ allUsers(first: 20, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
    nodes { ${fields} } pageInfo { hasNextPage endCursor }
  } }`;

const queries: Record<WorkloadName, string> = {
  W1: '{ me { id: rowId email displayName createdAt } }',
  W2: usersQuery('id: rowId displayName createdAt'),
  W3: usersQuery(`id: rowId displayName createdAt
    sessionsByUserId(first: 3, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
      nodes { id: rowId createdAt }
    }`),
  W4: '{ __typename }',
};

interface Session {
  id: string;
  createdAt: string;
}

interface User {
  createdAt: string;
  sessionsByUserId?: { nodes: Session[] };
}

interface Answer {
  data: {
    me?: User;
    allUsers?: { nodes: User[]; pageInfo: { hasNextPage: boolean } };
    __typename?: string;
  };
}

function readUser({ sessionsByUserId, ...user }: User): object {
  const read = { ...user, createdAt: moment(user.createdAt) };
  if (sessionsByUserId === undefined) return read;
  const sessions = sessionsByUserId.nodes.map(({ id, createdAt }) => ({
    id,
    createdAt: moment(createdAt),
  }));
  return { ...read, sessions };
}

const name = 'postgraphile';

/** PostGraphile over the tables as they are. */
export const system: System = {
  name,
  title: `PostGraphile (${versionsOf(name, ['postgraphile', 'pg'])})`,
  start: startPeer(name),
  request: (workload) => queryRequest(queries[workload]),
  read(_workload, body) {
    const { me, allUsers, ...rest } = (body as Answer).data;
    if (me) return readUser(me);
    if (!allUsers) return rest;
    return { users: allUsers.nodes.map(readUser), hasNextPage: allUsers.pageInfo.hasNextPage };
  },
};
