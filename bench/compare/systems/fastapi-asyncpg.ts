import { spawnSync } from 'node:child_process';
import { moment, peerFolder } from '../peer.ts';
import type { System, WorkloadName } from '../system.ts';

const name = 'fastapi-asyncpg';

/** Debian's own: no other finds Debian's packages. */
const python = '/usr/bin/python3';

/** Says which versions there are; fails where a package is missing. */
const question = `
import cryptography, httptools, jwt, uvloop
import asyncpg, fastapi, uvicorn
print(*(f"{it.__name__} {it.__version__}" for it in (fastapi, uvicorn, asyncpg)), sep=", ")`;

const { status, stdout, stderr, error } = spawnSync(python, ['-c', question], { encoding: 'utf8' });
const found = status === 0 ? stdout.trim() : null;

const paths: Record<WorkloadName, string | null> = {
  W1: '/me',
  W2: '/users?first=20',
  W3: '/users-with-sessions?first=20&sessions=3',
  W4: null,
};

interface User {
  createdAt: string;
  sessions?: { id: string; createdAt: string }[];
}

type Answer = User | { users: User[]; hasNextPage: boolean };

const readUser = ({ sessions, ...user }: User): object => ({
  ...user,
  createdAt: moment(user.createdAt),
  ...(sessions && {
    sessions: sessions.map(({ id, createdAt }) => ({ id, createdAt: moment(createdAt) })),
  }),
});

/** FastAPI as its tutorial shows it, in another language and without GraphQL. */
export const system: System = {
  name,
  title: `FastAPI, hand-written SQL, REST (${found ?? 'not installed'})`,
  start({ HOST = '', PORT = '' }) {
    if (found === null) {
      const reason = error?.message ?? stderr.trim().split('\n').at(-1);
      throw new Error(`Debian's Python packages of FastAPI are missing: ${reason}`);
    }
    const server = ['-m', 'uvicorn', 'server:app', '--host', HOST, '--port', PORT];
    return {
      cwd: peerFolder(name),
      command: python,
      args: [...server, '--log-level', 'warning', '--no-access-log'],
    };
  },
  request(workload) {
    const path = paths[workload];
    return path === null ? null : { method: 'GET', path };
  },
  read(_workload, body) {
    const answer = body as Answer;
    return 'users' in answer
      ? { users: answer.users.map(readUser), hasNextPage: answer.hasNextPage }
      : readUser(answer);
  },
};
