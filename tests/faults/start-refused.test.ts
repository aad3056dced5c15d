import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../src/platform/database/embedded.ts';
import {
  entriesOf,
  openServerYard,
  type ServerProcess,
  type ServerYard,
} from '../support/server-process.ts';

let yard: ServerYard;

beforeEach(async () => {
  yard = await openServerYard();
});
afterEach(() => yard.close());

const secretKey = 'bm90IGEgc2VjcmV0IHRoYXQgYW55Ym9keSB1c2Vz';

/** Waits until a server has refused to start: with exit code 1 and a last word without a stack. */
async function refusal(server: ServerProcess): Promise<unknown> {
  expect(await server.exited).toBe(1);
  expect(server.errors).toEqual([]);
  const last = entriesOf(server.output).at(-1);
  expect(Object.keys(last ?? {})).toEqual(['level', 'time', 'msg']);
  expect(last?.level).toBe('fatal');
  return last?.msg;
}

describe('a start', { timeout: 60_000 }, () => {
  it('with a bad configuration names every problem and no value, and ends with 78', async () => {
    const server = yard.start({
      PORT: 'four thousand',
      SECRET_KEY: 'guessable',
      DATABASE_URL: 'postgres://latchkey:open-sesame@db.example/latchkey?no=such&',
      ADMIN_EMAIL: 'nobody',
      ADMIN_PASSWORD: 'letmein',
    });
    expect(await server.exited).toBe(78);
    const said = server.errors.join('\n');
    for (const variable of ['PORT', 'SECRET_KEY', 'ADMIN_EMAIL', 'ADMIN_PASSWORD']) {
      expect(said).toMatch(new RegExp(`^ {2}${variable}$`, 'm'));
    }
    expect(said).not.toMatch(/four thousand|guessable|open-sesame|nobody|letmein|^\s+at /m);
    expect(server.output).toEqual([]);
    expect(existsSync(yard.dataDir)).toBe(false);
  });

  it.each([
    ['several processes on the embedded database', ['--workers', '2'], /^ {2}WORKERS$/m],
    ['as many as cores on the embedded database', ['--workers=auto'], /^ {2}WORKERS$/m],
    ['parameters that it does not know', ['--worker', '2'], /^ {2}--workers$/m],
  ])('with %s says so, and ends with 78', async (_, parameters, says) => {
    const server = yard.start({}, ...parameters);
    expect(await server.exited).toBe(78);
    expect(server.errors.join('\n')).toMatch(says);
    expect(server.output).toEqual([]);
    expect(existsSync(yard.dataDir)).toBe(false);
  });

  it('on a data directory that another process has says so in one line', async () => {
    const first = yard.start();
    const url = await first.ready();
    expect(await refusal(yard.start())).toMatch(
      /^The data directory .+ is in use by another process\. Stop that process first\.$/,
    );
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('on a port that is taken says so in one line, and creates nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await refusal(yard.start({ PORT: String(port) }))).toBe(
      `Port ${port} of 127.0.0.1 is in use by another process. Stop it, or set PORT to another.`,
    );
    expect(existsSync(yard.dataDir)).toBe(false);
    other.close();
  });

  it('on an address of another machine says so in one line', async () => {
    // Reserved for documentation (RFC 5737).
    const HOST = '192.0.2.1';
    const environment = { HOST, PUBLIC_URL: 'https://accounts.example.com' };
    const production = { EMBEDDED_DATABASE: 'true', SECRET_KEY: secretKey };
    expect(await refusal(yard.start({ ...environment, ...production }))).toBe(
      '192.0.2.1 is not an address of this machine. Set HOST to one that is.',
    );
  });

  it('where the data directory cannot be made says so in one line', async () => {
    await writeFile(yard.dataDir, 'a file');
    expect(await refusal(yard.start())).toMatch(/^The data directory .+ cannot be used \(E\w+\)\./);
  });

  it('without its PostgreSQL server says so in one line, without the URL', async () => {
    const server = yard.start({
      DATABASE_URL: 'postgres://latchkey:open-sesame@127.0.0.1:1/latchkey',
      SECRET_KEY: secretKey,
    });
    expect(await refusal(server)).toBe(
      'The PostgreSQL server of DATABASE_URL cannot be reached or takes no connection.',
    );
    expect(server.output.join()).not.toContain('open-sesame');
  });

  it('on a database whose migrations were edited says so in one line', async () => {
    const first = yard.start();
    await first.ready();
    first.signal('SIGTERM');
    await first.exited;
    const database = await openEmbedded({ kind: 'embedded', dataDir: `${yard.dataDir}/database` });
    await database.prisma.$executeRaw`UPDATE _prisma_migrations SET checksum = 'another'`;
    await database.close();
    expect(await refusal(yard.start())).toMatch(/^Migration \w+ was edited after .+\.$/);
  });
});
