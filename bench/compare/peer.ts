import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemRequest } from './system.ts';

/** Finds the folder of a peer. */
export const peerFolder = (name: string) => join(import.meta.dirname, '../peers', name);

/** Starts a peer that is one Node process. */
export const startPeer = (name: string) => () => ({
  cwd: peerFolder(name),
  command: process.execPath,
  args: ['server.ts'],
});

/** Lists packages of a peer with their versions, as they are shown: `package version`. */
export function versionsOf(name: string, packages: readonly string[]): string {
  const text = readFileSync(join(peerFolder(name), 'package.json'), 'utf8');
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
  return packages.map((each) => `${each} ${dependencies[each]}`).join(', ');
}

/** Makes a request of GraphQL over HTTP. */
export const queryRequest = (query: string): SystemRequest => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});

/** Writes a time as all systems are compared by: ISO 8601, in UTC, with milliseconds. */
export const moment = (text: string) => new Date(text).toISOString();
