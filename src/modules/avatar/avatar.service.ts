import type { User } from '../../generated/prisma/client.ts';
import { RefusedError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { RateLimiter } from '../../platform/rate-limiter.ts';
import type { Change, Commit } from '../../platform/unit-of-work.ts';
import type { UploadedFile } from '../../platform/uploaded-file.ts';
import { lockAccount } from '../user/account.ts';
import { userChanged } from '../user/user.events.ts';
import type { UserQuery } from '../user/user.service.ts';
import { avatarPath, avatarType, readAvatarPath, sizeFor } from './avatar.rules.ts';
import type { AvatarStorage } from './avatar-storage.ts';
import type { DrawPicture } from './picture.ts';

/** A picture that can be fetched. */
export interface Image {
  url: string;
  /** Pixels. */
  width: number;
  height: number;
  contentType: string;
}

/** A picture as it is kept. */
export interface StoredPicture {
  content: Uint8Array<ArrayBuffer>;
  contentType: string;
  /** What tells it from every other. */
  tag: string;
}

/** Keeps the pictures of users. */
export interface AvatarService {
  /**
   * Gives a user the picture in a file instead of the one they have; the same one again changes
   * nothing. UploadRejectedError when it is none; RateLimitedError after 20 in an hour, or when too many wait.
   */
  upload(origin: Origin, userId: string, file: UploadedFile, query: UserQuery): Promise<User>;
  /** Takes the picture of a user away, if there is one. */
  remove(origin: Origin, userId: string, query: UserQuery): Promise<User>;
  /** Tells where a picture is, in the smallest size that is at least so many pixels wide. */
  imageOf(digest: string, pixels: number): Image;
  /** Reads what the path of such an address leads to; null when it leads to nothing (any more). */
  findPicture(path: string): Promise<StoredPicture | null>;
}

/** What the service is built over. */
export interface AvatarParts {
  commit: Commit;
  limiter: RateLimiter;
  storage: AvatarStorage;
  drawPicture: DrawPicture;
  publicUrl: string;
}

const uploadsOfUser = {
  name: 'avatar/viewer',
  points: 20,
  windowSeconds: 3600,
  scope: 'VIEWER',
} as const;

/** Opens the avatar service. */
export function createAvatarService(parts: AvatarParts): AvatarService {
  const { commit, limiter, storage, drawPicture, publicUrl } = parts;

  /** Changes the picture of a user as one change of the account, if it is a change. */
  const change = (
    origin: Origin,
    userId: string,
    query: UserQuery,
    apply: (transaction: Change['transaction']) => Promise<boolean>,
  ) =>
    commit(origin, async ({ transaction, audit, emit }) => {
      // It may have been deleted while the picture was sent and drawn.
      if ((await lockAccount(transaction, { userId })) === null) throw accountGone();
      const where = { id: userId };
      if (!(await apply(transaction))) {
        return transaction.user.findUniqueOrThrow({ ...query, where });
      }
      audit({ action: 'user.avatar-changed', targetId: userId });
      emit(userChanged(userId, 'UPDATED', ['avatar']));
      const data = { version: { increment: 1 } };
      return transaction.user.update({ ...query, where, data });
    });

  return {
    async upload(origin, userId, file, query) {
      await limiter.charge(uploadsOfUser, userId);
      const renditions = await drawPicture(file);
      return change(origin, userId, query, (transaction) =>
        storage.put(transaction, userId, renditions),
      );
    },
    remove: (origin, userId, query) =>
      change(origin, userId, query, (transaction) => storage.remove(transaction, userId)),
    imageOf(digest, pixels) {
      const size = sizeFor(pixels);
      const url = `${publicUrl}${avatarPath(digest, size)}`;
      return { url, width: size, height: size, contentType: avatarType };
    },
    async findPicture(path) {
      const address = readAvatarPath(path);
      if (address === null) return null;
      const content = await storage.read(address.digest, address.size);
      const tag = `${address.digest}-${address.size}`;
      return content && { content, contentType: avatarType, tag };
    },
  };
}

function accountGone(): RefusedError {
  return new RefusedError('FORBIDDEN', 'The account is no more.');
}
