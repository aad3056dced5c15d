import { Prisma } from '../../generated/prisma/client.ts';

/**
 * Selects the messages that are there for anybody: not those which go with an account that was
 * deleted and are only yet to be removed. Over the table `message`.
 */
export const isStanding = Prisma.sql`NOT EXISTS (
  SELECT FROM account_removal r WHERE r.user_id = message.recipient_id
    OR r.user_id = message.sender_id AND r.mode = 'ERASE')`;

/** The same as a condition of the client. */
export const standing = {
  NOT: {
    OR: [{ recipient: { removal: { isNot: null } } }, { sender: { removal: { mode: 'ERASE' } } }],
  },
} satisfies Prisma.MessageWhereInput;
