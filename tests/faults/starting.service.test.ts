import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFreePort } from '../support/free-port.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';
import { production } from '../support/production.ts';
import { openServerYard, type ServerProcess, type ServerYard } from '../support/server-process.ts';

/** The lock under which migrations run, by the Prisma command line as well. */
const migrationLock = 72707369;

let scratch: ScratchDatabase;
let obstacle: pg.Client;
let yard: ServerYard;
let server: ServerProcess;
let url: string;
beforeEach(async () => {
  scratch = await createScratchDatabase();
  obstacle = new pg.Client(scratch.url);
  await obstacle.connect();
  await obstacle.query(`SELECT pg_advisory_lock(${migrationLock})`);
  yard = await openServerYard();
  const PORT = String(await findFreePort());
  url = `http://127.0.0.1:${PORT}`;
  const { EMBEDDED_DATABASE: _, PUBLIC_URL: __, ...settings } = production;
  server = yard.start({ ...settings, PORT, DATABASE_URL: scratch.url, DATABASE_TLS: 'disable' });
  await server.logged('Waiting for another instance that is migrating the database.');
});
afterEach(async () => {
  await yard.close();
  await obstacle.end();
  await scratch.drop();
});

describe('a server that waits for its database to be migrated', { timeout: 60_000 }, () => {
  it.each(['/health', '/health/live'])('says at %s that it lives', async (path) => {
    const response = await fetch(url + path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', timestamp: expect.any(String) });
  });

  it('answers 503 to everything else, and when to try again; then it serves', async () => {
    const query = '/graphql?query={authConfig{methods}}';
    for (const path of ['/health/ready', query, '/.well-known/jwks.json', '/none']) {
      const response = await fetch(url + path);
      expect(response.status, path).toBe(503);
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await response.json()).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    }
    await obstacle.query('SELECT pg_advisory_unlock_all()');
    await server.ready();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(url + query)).status).toBe(200);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends when it is told to stop: %s', async (signal) => {
    server.signal(signal);
    expect(await server.exited).toBe(0);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });
});
