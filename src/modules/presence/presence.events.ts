import type { LoggedEvent } from '../../generated/prisma/client.ts';
import { readUserChanged } from '../user/user.events.ts';

/** Answers whose presence may be shown in another way since an event; null where nobody's is. */
export function whosePresence(event: LoggedEvent): string | null {
  if (event.type === 'PresenceChanged') return event.userId;
  if (event.type !== 'UserChanged') return null;
  // Whoever is suspended or deleted is out of sight before their connections are gone.
  const { userId, change, changedFields } = readUserChanged(event);
  return change === 'DELETED' || changedFields.includes('status') ? userId : null;
}
