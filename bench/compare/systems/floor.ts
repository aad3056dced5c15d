import { join } from 'node:path';
import manifest from '../../peers/floor/package.json' with { type: 'json' };
import { floorName, type System, type WorkloadName } from '../system.ts';

const root = join(import.meta.dirname, '../../peers/floor');

const paths: Record<WorkloadName, string> = {
  W1: '/me',
  W2: '/users',
  W3: '/users-with-sessions',
  W4: '/typename',
};

/** Hand-written HTTP and SQL: the practical limit of the runtime. */
export const system: System = {
  name: floorName,
  title: `node:http + pg ${manifest.dependencies.pg} by hand`,
  start: () => ({ cwd: root, command: process.execPath, args: ['server.ts'] }),
  request: (workload) => ({ method: 'GET', path: paths[workload] }),
  read(workload, body) {
    if (workload !== 'W2' && workload !== 'W3') return body;
    const { endCursor: _, ...page } = body as Record<string, unknown>;
    return page;
  },
  signIn: {
    request: (email, password) => ({
      method: 'POST',
      path: '/sign-in',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    }),
    outcome: (status) => (status === 200 ? 'signed in' : 'wrong'),
  },
};
