import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { verifySequence } from '../../src/platform/event-log/verify-sequence.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

describe('the sequence of the event log', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('is accepted as the migrations make it', async () => {
    await expect(verifySequence(database.prisma)).resolves.toBeUndefined();
  });

  it('is refused when it hands out numbers in blocks', async () => {
    await database.prisma.$executeRaw`ALTER SEQUENCE logged_event_sequence_seq CACHE 20`;
    await expect(verifySequence(database.prisma)).rejects.toThrow('CACHE 1');
    await database.prisma.$executeRaw`ALTER SEQUENCE logged_event_sequence_seq CACHE 1`;
  });

  it('is refused when it is missing', async () => {
    const rename = 'ALTER SEQUENCE logged_event_sequence_seq RENAME TO elsewhere';
    await database.prisma.$executeRawUnsafe(rename);
    await expect(verifySequence(database.prisma)).rejects.toThrow('apply the migrations');
    await database.prisma.$executeRaw`ALTER SEQUENCE elsewhere RENAME TO logged_event_sequence_seq`;
  });
});
