import { z } from 'zod';

/** Widths and heights, in pixels, in which every picture is kept. */
export const avatarSizes = [64, 128, 256, 512] as const;

/** Width and height of a picture that is kept, in pixels. */
export type AvatarSize = (typeof avatarSizes)[number];

/** What all pictures are kept as. */
export const avatarType = 'image/webp';

const [, , usual, largest] = avatarSizes;

/** What is answered when no size is asked for. */
export const defaultAvatarSize = usual;

/** Accepts a size to show a picture in, in pixels. */
export const avatarSizeRule = z.int().min(16).max(largest);

/** Picks the smallest size that is at least as large as asked for. */
export function sizeFor(pixels: number): AvatarSize {
  return avatarSizes.find((size) => size >= pixels) ?? largest;
}

const address = /^\/avatars\/([\w-]{43})\/(\d{2,3})\.webp$/;

/** Writes the path of a picture in one size. */
export function avatarPath(digest: string, size: AvatarSize): string {
  return `/avatars/${digest}/${size}.webp`;
}

/** Reads such a path; null for one that this server has not written. */
export function readAvatarPath(path: string): { digest: string; size: AvatarSize } | null {
  const [, digest = '', pixels = ''] = address.exec(path) ?? [];
  const size = avatarSizes.find((each) => String(each) === pixels);
  return size === undefined ? null : { digest, size };
}
