import { z } from 'zod';
import type { LoggedEvent } from '../../generated/prisma/client.ts';
import type { NewEvent } from '../../platform/event-log/append.ts';
import { type ChangeKind, changeKinds } from '../../platform/event-log/change-kind.ts';
import { broadcastChannel } from './channels.ts';

const changedRole = z.object({ change: z.enum(changeKinds), roleId: z.string() });

/** Describes a change of a role for the event log; for all, as everybody may list roles. */
export function roleChanged(roleId: string, change: ChangeKind): NewEvent {
  return {
    topic: 'SYSTEM',
    type: 'RoleChanged',
    userId: null,
    audience: broadcastChannel,
    data: { change, roleId },
  };
}

/** Reads such a change out of the log. */
export function readRoleChanged({ data }: LoggedEvent) {
  return changedRole.parse(data);
}
