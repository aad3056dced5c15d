import type { Prisma, User } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import { isMissingRow, isUniqueViolation } from '../../platform/database/failures.ts';
import { ConflictError } from '../../platform/errors.ts';
import type { NewEvent } from '../../platform/event-log/append.ts';
import type { Origin } from '../../platform/origin.ts';
import { type Page, type PageArguments, readPageRequest, toPage } from '../../platform/paging.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { pageQuery, type UserOrder, userCursor, userList } from './user.paging.ts';
import { usernameKey } from './user.rules.ts';

/** What a caller of the service wants loaded along with a user; see the Prisma plugin's `query`. */
export type UserQuery = Pick<Prisma.UserFindFirstArgs, 'include' | 'select'>;

/** What a user can change of their own profile; null clears, undefined leaves as it is. */
export interface ProfileChange {
  displayName?: string | null | undefined;
  username?: string | null | undefined;
  locale?: string | null | undefined;
  timezone?: string | null | undefined;
  /** Refuses the change when the account has another version by now. */
  expectedVersion?: number | null | undefined;
}

/** Keeps the accounts. */
export interface UserService {
  /** Finds a user whom the viewer may see; null also for one whom they may not. */
  findVisible(viewer: Viewer | null, userId: string, query: UserQuery): Promise<User | null>;
  /** Loads a user who is known to exist. */
  getUser(userId: string, query: UserQuery): Promise<User>;
  /** Lists users in a stable order, by keyset; ValidationError for a bad page. */
  listUsers(order: UserOrder, page: PageArguments, query: UserQuery): Promise<Page<User>>;
  countUsers(): Promise<number>;
  /** Changes the profile; ConflictError when the username is taken or the version has moved on. */
  updateProfile(
    origin: Origin,
    userId: string,
    change: ProfileChange,
    query: UserQuery,
  ): Promise<User>;
}

/** Shows a viewer themself and other active users; all with `users:read`; strangers nobody. */
export function isUserVisible(user: User, viewer: Viewer | null): boolean {
  if (viewer === null) return false;
  const mayReadAll = viewer.permissions.has('users:read');
  return mayReadAll || user.status === 'ACTIVE' || user.id === viewer.userId;
}

/** Opens the user service. */
export function createUserService(
  { prisma }: Pick<Database, 'prisma'>,
  commit: Commit,
): UserService {
  return {
    async findVisible(viewer, userId, query) {
      const user = await prisma.user.findUnique({ ...query, where: { id: userId } });
      return user !== null && isUserVisible(user, viewer) ? user : null;
    },
    getUser: (userId, query) => prisma.user.findUniqueOrThrow({ ...query, where: { id: userId } }),
    async listUsers(order, page, query) {
      const request = readPageRequest(userList(order), page);
      const users = await prisma.user.findMany({ ...query, ...pageQuery(order, request) });
      return toPage(users, request, (user) => userCursor(order, user));
    },
    countUsers: () => prisma.user.count(),
    async updateProfile(origin, userId, { expectedVersion, ...change }, query) {
      const data = toColumns(change);
      const changedFields = Object.keys(data).filter((field) => field !== 'usernameKey');
      if (changedFields.length === 0) {
        return prisma.user.findUniqueOrThrow({ ...query, where: { id: userId } });
      }
      try {
        return await commit(origin, async ({ transaction, audit, emit }) => {
          const where = {
            id: userId,
            ...(expectedVersion != null && { version: expectedVersion }),
          };
          const user = await transaction.user.update({
            ...query,
            where,
            data: { ...data, version: { increment: 1 } },
          });
          audit({ action: 'user.profile-updated', targetId: userId, metadata: { changedFields } });
          emit(userChanged(userId, 'UPDATED', changedFields));
          return user;
        });
      } catch (error) {
        if (isUniqueViolation(error, 'user_username_key_key')) {
          throw new ConflictError('This username is taken.', { path: ['input', 'username'] });
        }
        if (!isMissingRow(error)) throw error;
        const { version } = await prisma.user.findUniqueOrThrow({ where: { id: userId } });
        throw new ConflictError('The profile has changed meanwhile.', { currentVersion: version });
      }
    },
  };
}

/** Describes a change of an account for the event log. */
export function userChanged(
  userId: string,
  change: 'CREATED' | 'UPDATED',
  changedFields: string[],
): NewEvent {
  return { topic: 'USER', type: 'UserChanged', userId, data: { change, changedFields } };
}

function toColumns({ displayName, username, locale, timezone }: ProfileChange) {
  return {
    ...(displayName != null && { displayName }),
    ...(username !== undefined && {
      username,
      usernameKey: username === null ? null : usernameKey(username),
    }),
    ...(locale !== undefined && { locale }),
    ...(timezone !== undefined && { timezone }),
  } satisfies Prisma.UserUpdateInput;
}
