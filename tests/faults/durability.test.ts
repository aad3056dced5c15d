import { on } from 'node:events';
import { watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { openEmbedded } from '../../src/platform/database/embedded.ts';
import { createRandom } from '../support/random.ts';
import { startScript } from '../support/script-process.ts';

const kills = Number(process.env.TEST_KILLS ?? 20);
const mostAcknowledged = 200;

let dataDir: string;
let database: Database | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'latchkey-durability-'));
});
afterEach(async () => {
  await database?.close();
  database = undefined;
  await rm(dataDir, { recursive: true });
});

it(`keeps every acknowledged row through ${kills} kills under 50 writers`, {
  timeout: 240_000,
}, async () => {
  const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
  const random = createRandom(seed);
  const acknowledged = new Set<string>();
  for (let round = 0; round < kills; round += 1) {
    const writer = startScript('durable-writer-process.ts', dataDir);
    await writer.printed(1 + Math.floor(random() * mostAcknowledged));
    await writer.kill();
    // The last line may be cut short.
    for (const id of writer.lines) if (id.length === 36) acknowledged.add(id);
  }

  console.log(`TEST_SEED=${seed}: ${acknowledged.size} rows acknowledged`);
  database = await openEmbedded({ kind: 'embedded', dataDir });
  const kept = new Set((await database.prisma.signUp.findMany()).map(({ id }) => id));
  const audited = new Set((await database.prisma.auditEvent.findMany()).map(({ id }) => id));
  expect(acknowledged.size).toBeGreaterThan(kills);
  expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
  expect(audited).toEqual(kept);
});

it('starts anew after a kill while the database was being created', {
  timeout: 60_000,
}, async () => {
  const interrupted = startScript('durable-writer-process.ts', dataDir);
  const watcher = watch(dataDir);
  // Not `once` in a loop: of changes that are told together, it would miss all but the first.
  for await (const [, created] of on(watcher, 'change')) {
    if (created === 'pglite.unfinished') break;
  }
  watcher.close();
  await interrupted.kill();

  const writer = startScript('durable-writer-process.ts', dataDir);
  await writer.printed(1);
  await writer.kill();
});
