import { z } from 'zod';
import type { LoggedEvent } from '../../generated/prisma/client.ts';
import type { NewEvent } from '../../platform/event-log/append.ts';

const changeKinds = ['CREATED', 'UPDATED', 'DELETED'] as const;

/** What became of an account. */
export type ChangeKind = (typeof changeKinds)[number];

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
