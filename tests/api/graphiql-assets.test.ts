import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import * as graphiql from '@graphql-yoga/render-graphiql/graphiql';
import { describe, expect, it } from 'vitest';
import { production } from '../support/production.ts';
import { type TestApp, useTestApp } from '../support/test-app.ts';

const packageFiles = {
  'app.css': graphiql.css,
  'app.js': graphiql.js,
  'editor.worker.js': graphiql.editorWorkerService,
  'graphql.worker.js': graphiql.graphqlWorker,
  'json.worker.js': graphiql.jsonWorker,
};

function get({ app }: TestApp, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return app.respond(new Request(`http://127.0.0.1:4000${path}`, { method, headers }), '192.0.2.1');
}

const readPage = async (testApp: TestApp) =>
  (await get(testApp, '/graphql', { accept: 'text/html' })).text();

/** Finds the folder that the page loads its files from. */
async function findFolder(testApp: TestApp): Promise<string> {
  const [, folder = ''] = /src="([^"]+)\/app\.js"/.exec(await readPage(testApp)) ?? [];
  expect(folder).toMatch(/^\/assets\/graphiql\/\d+\.\d+\.\d+-[0-9a-f]{8}$/);
  return folder;
}

describe('the files of GraphiQL', () => {
  const testApp = useTestApp();
  const productionApp = useTestApp(production);

  it('are all there that the page names', async () => {
    const page = await readPage(testApp);
    const paths = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(paths).toHaveLength(5);
    for (const path of paths)
      expect([path, (await get(testApp, path)).status]).toEqual([path, 200]);
  });

  it.each(Object.entries(packageFiles))('are those of its package: %s', async (name, text) => {
    const path = `${await findFolder(testApp)}/${name}`;
    const packed = await get(testApp, path, { 'accept-encoding': 'br;q=1.0, gzip;q=0.8, *;q=0.1' });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const bytes = Buffer.from(await packed.arrayBuffer());
    expect(packed.headers.get('content-length')).toBe(String(bytes.length));
    expect(gunzipSync(bytes).toString() === text).toBe(true);
    const plain = await get(testApp, path, { 'accept-encoding': 'identity' });
    expect(plain.headers.has('content-encoding')).toBe(false);
    expect((await plain.text()) === text).toBe(true);
    for (const { headers } of [packed, plain]) {
      const kind = name.endsWith('.css') ? 'css' : 'javascript';
      expect(headers.get('content-type')).toBe(`text/${kind}; charset=utf-8`);
      expect(headers.get('vary')).toBe('accept-encoding');
    }
  });

  it.each([
    ['gzip', 'gzip'],
    ['deflate, GZIP;q=0.001', 'gzip'],
    ['gzip;q=1.000', 'gzip'],
    ['gzip;q=0', null],
    ['deflate, gzip;q=0.000', null],
    ['xgzip, br', null],
    ['', null],
  ])('are packed for whoever takes that: %j', async (accepted, coding) => {
    const path = `${await findFolder(testApp)}/graphiql.js`;
    const { headers } = await get(testApp, path, { 'accept-encoding': accepted });
    expect(headers.get('content-encoding')).toBe(coding);
  });

  it('are kept by browsers for good, under a path of their version', async () => {
    const path = `${await findFolder(testApp)}/app.css`;
    const { headers } = await get(testApp, path);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const etag = headers.get('etag') ?? '';
    for (const known of [etag, `"other", ${etag}`]) {
      const again = await get(testApp, path, { 'if-none-match': known });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([
        304,
        etag,
        '',
      ]);
    }
    expect((await get(testApp, path, { 'if-none-match': 'W/"other"' })).status).toBe(200);
    expect((await get(testApp, '/assets/graphiql/5.0.0-00000000/app.css')).status).toBe(404);
  });

  it('are not there in production', async () => {
    for (const name of Object.keys(packageFiles)) {
      const response = await get(productionApp, `${await findFolder(testApp)}/${name}`);
      expect(response.status).toBe(404);
    }
  });

  it('run nothing and load nothing when they are opened by themselves', async () => {
    const { headers } = await get(testApp, `${await findFolder(testApp)}/json.worker.js`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('are not packed at all when the package has not what they are made of', async () => {
    const packing = new URL('../../src/server/graphiql-packing.ts', import.meta.url);
    const worker = new Worker(packing, { workerData: ['css', 'missing'] });
    await expect(once(worker, 'message')).rejects.toThrow('GraphiQL comes without missing.');
  });
});
