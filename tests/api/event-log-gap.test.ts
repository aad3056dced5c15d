import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { logStart } from '../../src/platform/event-log/cursor.ts';
import { readEvents } from '../../src/platform/event-log/read.ts';
import { appendNamed, pruneLog } from '../support/event-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

describe('a gap in the event log', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(() => forgetEverything());

  const forgetEverything = () =>
    database.prisma.$executeRaw`TRUNCATE logged_event RESTART IDENTITY`;
  const append = (count: number) =>
    appendNamed(database, ...Array.from({ length: count }, (_, n) => `event ${n}`));
  const read = (query: Partial<Parameters<typeof readEvents>[1]> = {}) =>
    readEvents(database.prisma, { after: null, limit: 100, ...query });

  it('tells of rows that retention removed: RETENTION_EXCEEDED', async () => {
    await append(1);
    const { cursor } = await read();
    await append(3);
    await pruneLog(database, 2n);

    const page = await read({ after: cursor });
    expect(page).toMatchObject({
      events: [],
      hasMore: true,
      gap: { reason: 'RETENTION_EXCEEDED', resumedAt: { sequence: 3n } },
    });
    expect(page.cursor).toEqual(page.gap?.resumedAt);
    expect((await read({ after: page.cursor })).events).toMatchObject([{ sequence: 4n }]);
  });

  it('reads on without a gap as long as the row of the cursor is kept', async () => {
    await append(3);
    const { cursor } = await read({ limit: 2 });
    await pruneLog(database, 1n);
    expect(await read({ after: cursor })).toMatchObject({ events: [{ sequence: 3n }], gap: null });
  });

  it('tells of a row that has become another one: LOG_RESET', async () => {
    await append(2);
    const { cursor } = await read({ limit: 1 });
    await forgetEverything();
    await append(2);

    const page = await read({ after: cursor });
    expect(page).toMatchObject({
      events: [],
      hasMore: false,
      gap: { reason: 'LOG_RESET', resumedAt: { sequence: 2n } },
    });
    await append(1);
    expect((await read({ after: page.cursor })).events).toMatchObject([{ sequence: 3n }]);
  });

  it('tells of numbers that were taken back, also when nothing is left: LOG_RESET', async () => {
    await append(2);
    const { cursor } = await read();
    await forgetEverything();
    const reset = { events: [], cursor: logStart, gap: { reason: 'LOG_RESET' } };
    expect(await read({ after: cursor })).toMatchObject(reset);

    await append(1);
    expect((await read({ after: cursor })).gap?.reason).toBe('LOG_RESET');
  });

  it('tells of a cursor whose number was never written: LOG_RESET', async () => {
    await append(1);
    const { cursor } = await read();
    const invented = { ...cursor, sequence: 2n ** 48n - 1n };
    expect((await read({ after: invented })).gap?.reason).toBe('LOG_RESET');
  });
});
