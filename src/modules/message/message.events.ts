import { z } from 'zod';
import type { LoggedEvent } from '../../generated/prisma/client.ts';
import type { NewEvent } from '../../platform/event-log/append.ts';

const messageEvent = z.object({ messageId: z.string(), senderId: z.string().optional() });

/** Type of the events by which readers hear of a message. */
export const messageReceivedType = 'MessageReceived';

/**
 * Describes for the event log that a message came to a user, or by a sender to a channel. With neither
 * nobody hears of it: a message that is kept from its recipient takes as many places in the log as
 * another, or cursors would tell its sender.
 */
export function messageReceived(
  messageId: string,
  to: { userId: string | null } | { channel: string; senderId: string },
): NewEvent {
  return {
    topic: 'MESSAGE',
    type: messageReceivedType,
    ...('userId' in to
      ? { userId: to.userId, data: { messageId } }
      : { userId: null, audience: to.channel, data: { messageId, senderId: to.senderId } }),
  };
}

/** Describes for the event log that a user sent a message, so that their other devices show it. */
export function messageSent(messageId: string, senderId: string): NewEvent {
  return { topic: 'MESSAGE', type: 'MessageSent', userId: senderId, data: { messageId } };
}

/** Reads out of the log which message such an event is about. */
export function messageIdOf({ data }: Pick<LoggedEvent, 'data'>): string {
  return messageEvent.parse(data).messageId;
}

/** Lists whom a message that came involves; null where that cannot be told from its event. */
export function involvedInMessage({ userId, data }: LoggedEvent): readonly string[] | null {
  const involved = userId ?? messageEvent.parse(data).senderId;
  return involved === undefined ? null : [involved];
}
