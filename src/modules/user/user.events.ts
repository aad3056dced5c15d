import { z } from 'zod';
import type { LoggedEvent } from '../../generated/prisma/client.ts';
import type { NewEvent } from '../../platform/event-log/append.ts';
import { type ChangeKind, changeKinds } from '../../platform/event-log/change-kind.ts';

const changedUser = z.object({
  userId: z.string(),
  data: z.object({ change: z.enum(changeKinds), changedFields: z.array(z.string()) }),
});

/** Describes a change of an account for the event log. */
export function userChanged(userId: string, change: ChangeKind, changedFields: string[]): NewEvent {
  return { topic: 'USER', type: 'UserChanged', userId, data: { change, changedFields } };
}

/** Reads such a change out of the log. */
export function readUserChanged(event: LoggedEvent) {
  const { userId, data } = changedUser.parse(event);
  return { userId, ...data };
}

/** Describes for the event log that others see in another way than before whether a user is there. */
export function presenceChanged(userId: string): NewEvent {
  return { topic: 'PRESENCE', type: 'PresenceChanged', userId, data: {} };
}
