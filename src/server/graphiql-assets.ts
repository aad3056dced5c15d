import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import type { GraphiqlPart, PackedParts } from './graphiql-packing.ts';
import type { Handler } from './graphql.ts';

/** What GraphiQL's package is served as. */
const partFiles: Record<string, GraphiqlPart> = {
  'app.css': 'css',
  'app.js': 'js',
  'editor.worker.js': 'editorWorkerService',
  'graphql.worker.js': 'graphqlWorker',
  'json.worker.js': 'jsonWorker',
};

/** Files of our own: what starts it, and what stands around it. */
const ownFiles = ['graphiql.css', 'graphiql.js'];

const oneYearSeconds = 31_536_000;

/** The files that GraphiQL's page consists of. */
export interface GraphiqlAssets {
  /** Path that they have in common; another one whenever any of them is another. */
  folder: string;
  /** Handlers by path. */
  handlers: Record<string, Handler>;
}

/** Prepares the files. Nothing of GraphiQL itself is loaded before a browser asks for it. */
export async function createGraphiqlAssets(): Promise<GraphiqlAssets> {
  const own = await Promise.all(
    ownFiles.map(async (name) => {
      const content = await readFile(new URL(`./assets/${name}`, import.meta.url));
      return [name, content] as const;
    }),
  );
  const version = versionWith(own.map(([, content]) => content));
  const folder = `/assets/graphiql/${version}`;
  let packing: Promise<PackedParts> | undefined;
  const readPart = async (part: GraphiqlPart) => {
    packing ??= packParts();
    return (await packing)[part];
  };
  const serve = (name: string, read: () => Promise<Uint8Array<ArrayBuffer>>) =>
    [`${folder}/${name}`, createHandler(name, version, read)] as const;
  const handlers = Object.fromEntries([
    ...Object.entries(partFiles).map(([name, part]) => serve(name, () => readPart(part))),
    ...own.map(([name, content]) => serve(name, async () => gzipSync(content))),
  ]);
  return { folder, handlers };
}

/** Names what the files were made from. */
function versionWith(own: readonly Buffer[]): string {
  const { version } = createRequire(import.meta.url)('@graphql-yoga/render-graphiql/package.json');
  const digest = createHash('sha256').update(Buffer.concat(own)).digest('hex');
  return `${version}-${digest.slice(0, 8)}`;
}

async function packParts(): Promise<PackedParts> {
  const worker = new Worker(new URL('./graphiql-packing.ts', import.meta.url), {
    workerData: Object.values(partFiles),
  });
  const [packed] = await once(worker, 'message');
  return packed;
}

function createHandler(
  name: string,
  version: string,
  readPacked: () => Promise<Uint8Array<ArrayBuffer>>,
): Handler {
  // Weak: the same for the packed and the unpacked file.
  const etag = `W/"${version}"`;
  const lasting = {
    etag,
    'cache-control': `public, max-age=${oneYearSeconds}, immutable`,
    vary: 'accept-encoding',
  };
  const type = name.endsWith('.css') ? 'text/css' : 'text/javascript';
  const headers = { ...lasting, 'content-type': `${type}; charset=utf-8` };
  return async (request) => {
    if (request.headers.get('if-none-match')?.includes(etag)) {
      return new Response(null, { status: 304, headers: lasting });
    }
    const packed = await readPacked();
    if (!takesGzip(request.headers)) {
      const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
      return new Response(unpacked, { headers });
    }
    return new Response(packed, {
      headers: { ...headers, 'content-encoding': 'gzip', 'content-length': `${packed.length}` },
    });
  };
}

function takesGzip(headers: Headers): boolean {
  const taken = headers.get('accept-encoding')?.split(',') ?? [];
  return taken.some((coding) => /^\s*gzip\s*(;\s*q=(0\.\d*[1-9]|1).*)?$/i.test(coding));
}
