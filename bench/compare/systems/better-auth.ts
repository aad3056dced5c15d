import { spawnSync } from 'node:child_process';
import { administrator } from '../administrator.ts';
import { moment, peerFolder, startPeer, versionsOf } from '../peer.ts';
import type { System } from '../system.ts';

const name = 'better-auth';

/** What is sent with requests for sessions of Better Auth. */
interface Cookies {
  /** By the address of each viewer. */
  running: Record<string, string>;
  /** Of a session that has ended. */
  ended: string;
}

let cookies: Cookies | undefined;
/** The database that they are of. */
let prepared: string | undefined;

/** Signs the viewers in, so that the server that is measured need not. */
function prepare(environment: Record<string, string>): void {
  if (prepared === environment.DATABASE_URL) return;
  const { PATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['prepare.ts'], {
    cwd: peerFolder(name),
    encoding: 'utf8',
    env: { PATH, ...environment, PASSWORD: administrator.password },
  });
  if (status !== 0) throw new Error(`its tables could not be made: ${stderr.trim()}`);
  cookies = JSON.parse(stdout);
  prepared = environment.DATABASE_URL;
}

interface Answer {
  user: { id: string; email: string; name: string; createdAt: string };
}

/** Better Auth, with users and sessions of its own: a bearer means nothing to it. */
export const system: System = {
  name,
  title: `Better Auth, its session endpoint (${versionsOf(name, ['better-auth', 'pg'])})`,
  start(environment) {
    prepare(environment);
    return startPeer(name)();
  },
  request(workload, { email }) {
    if (workload !== 'W1') return null;
    const cookie = cookies?.running[email] ?? cookies?.ended ?? '';
    return { method: 'GET', path: '/api/auth/get-session', headers: { cookie } };
  },
  read(_workload, body) {
    const { id, email, name: displayName, createdAt } = (body as Answer).user;
    return { id, email, displayName, createdAt: moment(createdAt) };
  },
  signIn: {
    request: (email, password) => ({
      method: 'POST',
      path: '/api/auth/sign-in/email',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    }),
    outcome: (status) => (status === 200 ? 'signed in' : 'wrong'),
  },
};
