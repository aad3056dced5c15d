// Run as a process of its own: `node durable-writer-process.ts DATA_DIR`. Fifty writers store a sign-up and
// an audit event each in one transaction, over and over; prints each id once it is acknowledged.
import { randomUUID } from 'node:crypto';
import { openEmbedded } from '../../src/platform/database/embedded.ts';
import { migrateDatabase } from '../../src/platform/database/migrate.ts';
import { createLog } from '../../src/platform/log.ts';

const [dataDir = ''] = process.argv.slice(2);
const database = await openEmbedded({ kind: 'embedded', dataDir });
await migrateDatabase(database, createLog({ level: 'silent', format: 'json' }));

async function write(): Promise<never> {
  for (;;) {
    const id = randomUUID();
    const data = {
      id,
      email: `${id}@example.com`,
      displayName: 'x'.repeat(200),
      passwordHash: 'none',
      expiresAt: new Date(),
    };
    await database.prisma.$transaction(async (tx) => {
      await tx.signUp.create({ data });
      await tx.auditEvent.create({ data: { id, action: 'test', requestId: id } });
    });
    console.log(id);
  }
}

await Promise.all(Array.from({ length: 50 }, write));
