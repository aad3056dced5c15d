import { v7 as uuidv7 } from 'uuid';
import type { Message } from '../../generated/prisma/client.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { ConflictError } from '../../platform/errors.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import type { Origin } from '../../platform/origin.ts';
import type { RateLimit, RateLimiter } from '../../platform/rate-limiter.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { requirePermission } from '../role/authority.ts';
import { broadcastChannel, roleKeyOf } from '../role/channels.ts';
import type { Viewer } from '../role/viewer.ts';
import { channelOf, type NewMessage, recipientOf, unfit } from './addressing.ts';
import { conversationOf, withheldConversationOf } from './conversations.ts';
import { lockBoth, lockViewer, requireUser } from './lock-users.ts';
import { messageReceived, messageSent } from './message.events.ts';
import type { MessageQuery } from './message.service.ts';
import { standingMessage } from './message-readers.ts';

/** Sends messages; 60 a minute and 2,000 a day for each user, to whomever. With an idempotency key, the repetition answers the first. */
export interface SendingService {
  /**
   * Sends a direct message. To the sender nothing tells whether the recipient has blocked them: the
   * message is stored and answered alike, and read by the sender alone. ValidationError without a
   * recipient or with a channel; NotFoundError for a recipient who is gone or suspended; ConflictError
   * for oneself, and for a key of another input; RateLimitedError.
   */
  send(origin: Origin, viewer: Viewer, message: NewMessage, query: MessageQuery): Promise<Message>;
  /**
   * Sends a message to all readers of a channel. Needs `messages:broadcast`. ValidationError without
   * a channel, for one that there is not, and with a recipient; ConflictError for a key of another
   * input; RateLimitedError.
   */
  broadcast(
    origin: Origin,
    viewer: Viewer,
    message: NewMessage,
    query: MessageQuery,
  ): Promise<Message>;
}

/** What the service is built over. */
export interface SendingParts {
  commit: Commit;
  idempotency: Idempotency;
  limiter: Pick<RateLimiter, 'charge'>;
}

/** By the day as well: messages are kept, and patience is not to fill the database. */
const messagesOfSender: RateLimit[] = [
  { name: 'message/viewer', points: 60, windowSeconds: 60, scope: 'VIEWER' },
  { name: 'message/viewer-day', points: 2000, windowSeconds: 24 * 60 * 60, scope: 'VIEWER' },
];

/** Opens the service. */
export function createSending({ commit, idempotency, limiter }: SendingParts): SendingService {
  const charge = async (senderId: string) => {
    // One after the other: what the minute refuses does not count for the day.
    for (const limit of messagesOfSender) await limiter.charge(limit, senderId);
  };

  /** Answers the message that an earlier call with the same key has sent; null when there was none. */
  const findEarlier = async (
    transaction: Transaction,
    call: { viewer: Viewer; operation: string; id: string },
    { idempotencyKey: key, ...input }: NewMessage,
    query: MessageQuery,
  ): Promise<Message | null> => {
    if (key == null) return null;
    const { viewer, operation, id } = call;
    const claimed = { userId: viewer.userId, operation, key, input };
    const sentId = await idempotency.claim(transaction, claimed, id);
    if (sentId === id) return null;
    const sent = await transaction.message.findUnique({
      ...query,
      where: standingMessage(sentId),
    });
    if (sent === null) throw gone();
    return sent;
  };

  return {
    async send(origin, viewer, message, query) {
      const { userId: senderId } = viewer;
      const recipientId = recipientOf(message);
      if (recipientId === senderId) throw toOneself();
      await charge(senderId);
      return commit(origin, async ({ transaction, emit }) => {
        const recipient = await lockBoth(transaction, senderId, recipientId);
        const id = uuidv7();
        const call = { viewer, operation: 'sendMessage', id };
        const earlier = await findEarlier(transaction, call, message, query);
        if (earlier !== null) return earlier;
        const { hasBlocked: withheld } = requireUser(recipient, recipientId);
        const nameConversation = withheld ? withheldConversationOf : conversationOf;
        const conversation = nameConversation(senderId, recipientId);
        emit(messageSent(id, senderId));
        emit(messageReceived(id, { userId: withheld ? null : recipientId }));
        const { body } = message;
        const data = { id, senderId, recipientId, conversation, withheld, body };
        return transaction.message.create({ ...query, data });
      });
    },
    async broadcast(origin, viewer, message, query) {
      const { userId: senderId } = viewer;
      const channel = channelOf(message);
      await charge(senderId);
      return commit(origin, async ({ transaction, audit, emit }) => {
        await lockViewer(transaction, senderId);
        await requirePermission(transaction, viewer, 'messages:broadcast');
        const id = uuidv7();
        const call = { viewer, operation: 'broadcast', id };
        const earlier = await findEarlier(transaction, call, message, query);
        if (earlier !== null) return earlier;
        await requireChannel(transaction, channel);
        audit({ action: 'message.broadcast', targetId: id, metadata: { channel } });
        emit(messageReceived(id, { channel, senderId }));
        const { body } = message;
        const data = { id, senderId, channel, conversation: channel, body };
        return transaction.message.create({ ...query, data });
      });
    },
  };
}

/** Throws ValidationError for the channel of a role that there is not; keeps the role until the end. */
async function requireChannel(transaction: Transaction, channel: string): Promise<void> {
  if (channel === broadcastChannel) return;
  const roles = await transaction.$queryRaw<object[]>`
    SELECT id FROM role WHERE key = ${roleKeyOf(channel)} FOR KEY SHARE`;
  if (roles.length === 0) throw unfit('channel', 'unknown_channel', 'There is no such channel.');
}

function toOneself(): ConflictError {
  return new ConflictError('Nobody writes to themselves.', { path: ['input', 'recipientId'] });
}

function gone(): ConflictError {
  return new ConflictError('The message that was sent with this key is gone.', {
    path: ['input', 'idempotencyKey'],
  });
}
