import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';

/** Names of what GraphiQL's package exports. */
export type GraphiqlPart = keyof typeof import('@graphql-yoga/render-graphiql/graphiql');

/** Parts of GraphiQL, each compressed by gzip. */
export type PackedParts = Record<GraphiqlPart, Uint8Array<ArrayBuffer>>;

// Runs in a thread of its own: what it unpacks, 9 MB of text, goes when it ends.
const exported: Record<string, unknown> = await import('@graphql-yoga/render-graphiql/graphiql');
const packed = (workerData as GraphiqlPart[]).map((part) => {
  const text = exported[part];
  // The package does not promise what it exports.
  if (typeof text !== 'string' || text === '') throw new Error(`GraphiQL comes without ${part}.`);
  return [part, gzipSync(text)];
});
parentPort?.postMessage(Object.fromEntries(packed));
