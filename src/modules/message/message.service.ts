import type { Message, Prisma } from '../../generated/prisma/client.ts';
import { batchLoads } from '../../platform/batch-loads.ts';
import type { CursorSeal } from '../../platform/cursor-seal.ts';
import type { Database } from '../../platform/database/database.ts';
import { NotFoundError, ValidationError } from '../../platform/errors.ts';
import type { EventTail } from '../../platform/event-log/tail.ts';
import type { Origin } from '../../platform/origin.ts';
import {
  encodeCursor,
  type Page,
  type PageArguments,
  type PagedList,
  readPageRequest,
  refuseMany,
  toPage,
} from '../../platform/paging.ts';
import type { SharedRows } from '../../platform/shared-rows.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { channelsOf } from '../role/channels.ts';
import type { Viewer } from '../role/viewer.ts';
import { isStanding, standing } from '../user/account-removal.ts';
import { findMessageIds, type Reading } from './message.query.ts';
import { isMessageVisible, standingMessage } from './message-readers.ts';
import { createFollowMessages, type FollowMessages } from './message-stream.ts';

/** What a caller wants loaded along with a message; see the Prisma plugin's `query`. */
export type MessageQuery = Pick<Prisma.MessageFindFirstArgs, 'include' | 'select'>;

/** Which messages are listed: with one user, of one channel, or all direct ones of the viewer. */
export interface MessageSelection {
  withId?: string | null | undefined;
  channel?: string | null | undefined;
}

/** Keeps what users have written to each other and to channels. */
export interface MessageService {
  /** Finds a message that the viewer may see, in rows of others' if given; null also for one that they may not. */
  findVisible(
    viewer: Viewer | null,
    id: string,
    query: MessageQuery,
    rows?: SharedRows | null,
  ): Promise<Message | null>;
  /**
   * Lists messages, newest first, by keyset. A channel that the viewer does not read is empty, be
   * there such a role or not. ValidationError for a bad page, and for a user and a channel at once.
   */
  listMessages(
    viewer: Viewer,
    selection: MessageSelection,
    page: PageArguments,
  ): Promise<Page<Message>>;
  /**
   * Notes that the viewer has read what came to them; the first time counts. All or none: ValidationError
   * for more than 100, NotFoundError for one that did not come to them.
   */
  markRead(origin: Origin, viewer: Viewer, ids: string[]): Promise<void>;
  /** Follows what comes to the viewer, or to a channel; who may, is for the caller to ask. */
  follow: FollowMessages;
}

/** Messages stand by their ids alone, which sort by time. */
const messageList: PagedList = { name: 'messages', isSortValue: (value) => value === '' };

/** Makes the cursor of a message in its list. */
export function messageCursor(seal: CursorSeal, { id }: Pick<Message, 'id'>): string {
  return encodeCursor(seal, messageList.name, { value: '', id });
}

/** Opens the service over a database and the end of its event log. */
export function createMessageService(
  { prisma }: Pick<Database, 'prisma'>,
  commit: Commit,
  tail: EventTail,
  cursors: CursorSeal,
): MessageService {
  // The messages of a page of events cost one statement.
  const loadWhole = batchLoads(async (ids) => {
    const found = await prisma.message.findMany({ where: { id: { in: [...ids] }, ...standing } });
    return new Map(found.map((message) => [message.id, message]));
  });
  return {
    async findVisible(viewer, id, query, rows = null) {
      const isWhole = query.select == null && query.include == null;
      const load = () =>
        isWhole
          ? loadWhole(id)
          : prisma.message.findUnique({ ...query, where: standingMessage(id) });
      const message =
        rows !== null && isWhole ? await rows.once(`message ${id}`, load) : await load();
      return message !== null && isMessageVisible(message, viewer) ? message : null;
    },
    async listMessages(viewer, selection, page) {
      const reading = readingOf(viewer, selection);
      const request = readPageRequest(cursors, messageList, page);
      const ids = reading === null ? [] : await findMessageIds(prisma, reading, request);
      // An empty list would be asked for all the same.
      const messages =
        ids.length === 0
          ? []
          : await prisma.message.findMany({
              where: { id: { in: ids } },
              orderBy: { id: request.backwards ? 'asc' : 'desc' },
            });
      return toPage(messages, request, (message) => messageCursor(cursors, message));
    },
    async markRead(origin, { userId }, ids) {
      const asked = [...new Set(refuseMany('ids', ids))];
      await commit(origin, async ({ transaction }) => {
        // In the order of their ids, so that two who mark the same never wait for each other.
        const found = await transaction.$queryRaw<{ id: string }[]>`
          SELECT id FROM message
          WHERE id = ANY(${asked}::uuid[]) AND recipient_id = ${userId}::uuid AND withheld = FALSE
            AND ${isStanding}
          ORDER BY id FOR NO KEY UPDATE`;
        const received = new Set(found.map(({ id }) => id));
        const missing = asked.find((id) => !received.has(id));
        if (missing !== undefined) throw new NotFoundError('Message', missing);
        await transaction.$executeRaw`
          UPDATE message SET read_at = statement_timestamp()
          WHERE id = ANY(${asked}::uuid[]) AND read_at IS NULL`;
      });
    },
    follow: createFollowMessages(prisma, tail),
  };
}

/** Says what is to be read; null for a channel that is not the viewer's to read. */
function readingOf(viewer: Viewer, { withId, channel }: MessageSelection): Reading | null {
  if (withId != null && channel != null) {
    throw new ValidationError([
      { path: ['channel'], code: 'invalid', message: 'Must not be given together with `with`.' },
    ]);
  }
  if (channel != null) return channelsOf(viewer).includes(channel) ? { channel } : null;
  const { userId: viewerId } = viewer;
  return withId == null ? { viewerId } : { viewerId, withId };
}
