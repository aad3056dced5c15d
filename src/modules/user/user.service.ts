import type { Prisma, User } from '../../generated/prisma/client.ts';
import type { CursorSeal } from '../../platform/cursor-seal.ts';
import type { Database } from '../../platform/database/database.ts';
import { isMissingRow, isUniqueViolation } from '../../platform/database/failures.ts';
import { asksForWholeRows } from '../../platform/database/whole-rows.ts';
import { ConflictError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import { type Page, type PageArguments, readPageRequest, toPage } from '../../platform/paging.ts';
import type { SharedRows } from '../../platform/shared-rows.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { findSharedUser } from './find-shared-user.ts';
import { userChanged } from './user.events.ts';
import { usersWhere } from './user.filter.ts';
import { pageQuery, type UserOrder, userCursor, userList } from './user.paging.ts';
import { usernameKey } from './user.rules.ts';
import type { UserRows } from './user-rows.ts';
import type { UserFilter } from './users.rules.ts';

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

/** One page of a list of users. */
export interface UserPage extends Page<User> {
  /** Counts the users on all pages. */
  countAll(): Promise<number>;
}

/** Keeps the accounts. */
export interface UserService {
  /** Finds a user whom the viewer may see, in rows of others' if given; null also for one whom they may not. */
  findVisible(
    viewer: Viewer | null,
    userId: string,
    query: UserQuery,
    rows?: SharedRows | null,
  ): Promise<User | null>;
  /**
   * Loads a user who is known to exist; without anything along, as they were after this instance last
   * changed them, and at most 5 seconds ago.
   */
  getUser(userId: string, query: UserQuery): Promise<User>;
  /** Finds a user by their address as `emailRule` writes it, for whoever may read users. */
  findByEmail(email: string, query: UserQuery): Promise<User | null>;
  /** Lists users in a stable order, by keyset; ValidationError for a bad page. */
  listUsers(
    filter: UserFilter,
    order: UserOrder,
    page: PageArguments,
    query: UserQuery,
  ): Promise<UserPage>;
  /** Changes the profile; ConflictError when the username is taken or the version has moved on. */
  updateProfile(
    origin: Origin,
    userId: string,
    change: ProfileChange,
    query: UserQuery,
  ): Promise<User>;
}

/** Shows a viewer themself and others who may use their account; all with `users:read`; strangers nobody. */
export function isUserVisible(user: User, viewer: Viewer | null): boolean {
  if (viewer === null || user.deletedAt !== null) return false;
  const maySeeAll = viewer.permissions.has('users:read') || viewer.permissions.has('users:write');
  return maySeeAll || user.status !== 'SUSPENDED' || user.id === viewer.userId;
}

/** What the service is built over. */
export interface UserParts {
  database: Pick<Database, 'prisma'>;
  rows: Pick<UserRows, 'get'>;
  commit: Commit;
  cursors: CursorSeal;
}

/** Opens the user service. */
export function createUserService({
  database: { prisma },
  rows: knownRows,
  commit,
  cursors,
}: UserParts): UserService {
  return {
    async findVisible(viewer, userId, query, rows = null) {
      const user =
        rows === null
          ? await prisma.user.findUnique({ ...query, where: { id: userId } })
          : await findSharedUser(prisma, rows, userId, query);
      return user !== null && isUserVisible(user, viewer) ? user : null;
    },
    getUser: (userId, query) =>
      asksForWholeRows(query)
        ? knownRows.get(userId)
        : prisma.user.findUniqueOrThrow({ ...query, where: { id: userId } }),
    findByEmail: (email, query) =>
      prisma.user.findUnique({ ...query, where: { email, deletedAt: null } }),
    async listUsers(filter, order, page, query) {
      const request = readPageRequest(cursors, userList(order), page);
      const matching = await usersWhere(prisma, filter);
      const { where, ...rest } = pageQuery(order, request);
      const users = await prisma.user.findMany({
        ...query,
        ...rest,
        where: { AND: [matching, where] },
      });
      return {
        ...toPage(users, request, (user) => userCursor(cursors, order, user)),
        countAll: () => prisma.user.count({ where: matching }),
      };
    },
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
            deletedAt: null,
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
        const current = await prisma.user.findUnique({ where: { id: userId, deletedAt: null } });
        if (current === null) throw new ConflictError('The account was just deleted.');
        throw new ConflictError('The profile has changed meanwhile.', {
          currentVersion: current.version,
        });
      }
    },
  };
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
