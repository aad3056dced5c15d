import { createHash } from 'node:crypto';
import type { Database, Transaction } from '../../platform/database/database.ts';
import type { Keyring } from '../../platform/keyring.ts';
import type { AvatarSize } from './avatar.rules.ts';
import type { Renditions } from './picture.ts';

/** Keeps the pictures of users, one each, in all sizes. */
export interface AvatarStorage {
  /** Replaces the picture of a user; false when it is the one that is there already. */
  put(transaction: Transaction, userId: string, renditions: Renditions): Promise<boolean>;
  /** Removes it; false when there is none. */
  remove(transaction: Transaction, userId: string): Promise<boolean>;
  /** Reads what an address leads to; null when it leads to nothing (any more). */
  read(digest: string, size: AvatarSize): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** Opens the storage in the database, so that instances and backups need nothing else. */
export function createAvatarStorage({ prisma }: Database, keyring: Keyring): AvatarStorage {
  /**
   * Names a picture of a user by what it shows. Keyed, so that nobody who has the picture can tell
   * the address, and with the user, so that nobody can tell who else has the same.
   */
  function digestOf(userId: string, renditions: Renditions): string {
    const hash = createHash('sha256');
    for (const content of renditions.values()) hash.update(content);
    return keyring.sign('avatar', `${userId} ${hash.digest('base64url')}`).toString('base64url');
  }

  return {
    async put(transaction, userId, renditions) {
      const digest = digestOf(userId, renditions);
      const present = await transaction.avatar.findUnique({ where: { userId } });
      if (present?.digest === digest) return false;
      await transaction.avatar.deleteMany({ where: { userId } });
      await transaction.avatar.create({ data: { userId, digest } });
      await transaction.avatarRendition.createMany({
        data: [...renditions].map(([size, content]) => ({ userId, size, content })),
      });
      return true;
    },
    async remove(transaction, userId) {
      return (await transaction.avatar.deleteMany({ where: { userId } })).count > 0;
    },
    async read(digest, size) {
      const found = await prisma.avatarRendition.findFirst({
        where: { size, avatar: { digest } },
        select: { content: true },
      });
      return found?.content ?? null;
    },
  };
}
