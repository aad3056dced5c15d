import type { Message } from '../../generated/prisma/client.ts';
import { broadcastChannel, channelsOf, roleKeyOf } from '../role/channels.ts';
import type { Viewer } from '../role/viewer.ts';
import { standing } from '../user/account-removal.ts';

/** Selects a message by its id, unless it goes with an account that was deleted. */
export function standingMessage(id: string) {
  return { id, ...standing };
}

/**
 * Shows a message to its sender, to its recipient unless they had blocked the sender, and one to a
 * channel to those who read the channel now.
 */
export function isMessageVisible(message: Message, viewer: Viewer | null): boolean {
  if (viewer === null) return false;
  const { senderId, recipientId, channel, withheld } = message;
  if (senderId === viewer.userId) return true;
  if (channel !== null) return channelsOf(viewer).includes(channel);
  return recipientId === viewer.userId && !withheld;
}

/**
 * Says who reads a channel, as a rule of the schema. Nobody reads what is no channel, or is that of
 * no role, and the refusal is the same.
 */
export function readersOf(channel: string): { signedIn: true } | { role: string } {
  return channel === broadcastChannel ? { signedIn: true } : { role: roleKeyOf(channel) ?? '' };
}
