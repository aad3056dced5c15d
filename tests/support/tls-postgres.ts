import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from './free-port.ts';

/** A PostgreSQL server of its own that takes encrypted connections alone. */
export interface TlsPostgres {
  port: number;
  /** PEM file of the authority behind the server's certificate, which is for `localhost`. */
  caFile: string;
  stop(): Promise<void>;
}

interface Account {
  uid?: number;
  gid?: number;
}

const run = promisify(execFile);
const installations = '/usr/lib/postgresql';

/**
 * Creates and starts such a server, as the user `postgres` where this process is root, for whom
 * PostgreSQL does not run. Throws where its programs are not in the place that the packages of
 * Debian and Ubuntu have them, or where there is no `openssl`.
 */
export async function startTlsPostgres(): Promise<TlsPostgres> {
  const programs = await findPrograms();
  const account = await findAccount();
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-tls-'));
  if (account.uid && account.gid) await chown(directory, account.uid, account.gid);
  const options = { ...account, cwd: directory };
  for (const parameters of certificates) await run('openssl', ['req', ...parameters], options);
  const data = join(directory, 'data');
  await run(join(programs, 'initdb'), ['-A', 'trust', '-U', 'postgres', '-D', data], options);
  await writeFile(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n');

  const port = await findFreePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ssl: 'on',
    ssl_cert_file: join(directory, 'server.pem'),
    ssl_key_file: join(directory, 'server.key'),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...flags], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(server, 'exit');
  await isReady(server);
  return {
    port,
    caFile: join(directory, 'ca.pem'),
    async stop() {
      // A fast shutdown.
      server.kill('SIGINT');
      await exited;
      await rm(directory, { recursive: true });
    },
  };
}

const newKey = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** What `openssl req` is given to make the authority, and then the server's certificate by it. */
const certificates = [
  [...newKey, '-subj', '/CN=Tests', '-keyout', 'ca.key', '-out', 'ca.pem'],
  [
    ...newKey,
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', 'server.key', '-out', 'server.pem'],
  ],
];

async function findPrograms(): Promise<string> {
  const versions = await readdir(installations).catch(() => []);
  const newest = versions.map(Number).sort((one, other) => other - one)[0];
  if (newest !== undefined) return join(installations, String(newest), 'bin');
  throw new Error(`There is no PostgreSQL below ${installations}: apt install postgresql.`);
}

async function findAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const numberOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await numberOf('-u'), gid: await numberOf('-g') };
}

async function isReady(server: ChildProcess): Promise<void> {
  let said = '';
  for await (const text of server.stderr ?? []) {
    said += text;
    if (said.includes('ready to accept connections')) return;
  }
  throw new Error(`PostgreSQL did not start:\n${said}`);
}
