import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

it('brings a notification to every listener of its channel and to no other', async () => {
  const [first, second, other] = [vi.fn(), vi.fn(), vi.fn()];
  const listeners = await Promise.all([
    database.listen('news', first, () => undefined),
    database.listen('news', second, () => undefined),
    database.listen('News', other, () => undefined),
  ]);
  await database.notify('news', 'one');
  await vi.waitFor(() =>
    expect([first.mock.calls, second.mock.calls]).toEqual([[['one']], [['one']]]),
  );
  await database.notify('News', 'two');
  await vi.waitFor(() => expect(other.mock.calls).toEqual([['two']]));
  expect(first).toHaveBeenCalledOnce();
  for (const listener of listeners) await listener.close();
});

it('says so once the channel is subscribed to', async () => {
  const onReconnect = vi.fn();
  const listener = await database.listen('ready', () => undefined, onReconnect);
  expect(onReconnect).toHaveBeenCalledOnce();
  await listener.close();
});

it('brings nothing after the listener is closed, and leaves the others of its channel', async () => {
  const [gone, kept] = [vi.fn(), vi.fn()];
  const closing = await database.listen('news', gone, () => undefined);
  const staying = await database.listen('news', kept, () => undefined);
  await closing.close();
  await database.notify('news', 'late');
  await vi.waitFor(() => expect(kept).toHaveBeenCalledWith('late'));
  expect(gone).not.toHaveBeenCalled();
  await staying.close();
});

it('carries any text, and delivers from a transaction only once it commits', async () => {
  const notices: string[] = [];
  const listener = await database.listen(
    'A channel',
    (payload) => notices.push(payload),
    () => undefined,
  );
  const text = `'; DROP TABLE "user"; -- ${'ä'.repeat(3_000)}`;
  await database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_notify('A channel', 'inside')`;
    await tx.role.count();
    expect(notices).toEqual([]);
  });
  await database.notify('A channel', text);
  await vi.waitFor(() => expect(notices).toEqual(['inside', text]));
  await listener.close();
});
