import { type AccessSubject, accessNotice } from '../../src/modules/session/access-notice.ts';
import type { Database } from '../../src/platform/database/database.ts';

/**
 * Tells that somebody's access was changed, after rows were changed by hand; answers once the
 * instance has heard of it.
 */
export async function announceAccess(
  { database }: { database: Database },
  subject: AccessSubject,
): Promise<void> {
  const { channel, payload } = accessNotice(subject);
  const heard = Promise.withResolvers<void>();
  // The instance listens on the same connection, and longer, so that it is told first.
  const listener = await database.listen(
    channel,
    () => heard.resolve(),
    () => undefined,
  );
  await database.notify(channel, payload);
  await heard.promise;
  await listener.close();
}
