import { fileTypeFromBuffer } from 'file-type';
import pLimit from 'p-limit';
import sharp, { type SharpOptions } from 'sharp';
import { RateLimitedError, UploadRejectedError } from '../../platform/errors.ts';
import type { UploadedFile } from '../../platform/uploaded-file.ts';
import { type AvatarSize, avatarSizes } from './avatar.rules.ts';
import { holdsForeignContent } from './foreign-content.ts';

/** A picture as it is kept, in all sizes. */
export type Renditions = ReadonlyMap<AvatarSize, Uint8Array<ArrayBuffer>>;

/**
 * Draws the picture in a file anew: upright, cut to a square from its middle, as WebP, in every size,
 * and with nothing but its pixels. A small picture is enlarged, so that every size is there.
 *
 * Throws UploadRejectedError for whatever is no picture of the kinds that are taken, or takes too
 * much to draw; RateLimitedError, before any work, when too many wait.
 */
export type DrawPicture = (file: UploadedFile) => Promise<Renditions>;

/** How libvips names the kinds that are taken, by media type; all else it could read is refused. */
const formats: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/apng': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'heif',
};

// More than a camera makes. Decoded as they come, one picture at a time is bearable; those that are
// decoded whole, and several times over, take five times as much for each pixel.
const maxPixels = 40_000_000;
const maxPixelsWhole = 8_000_000;
const maxFrames = 1000;
const maxSeconds = 10;
const maxWaiting = 8;
const retryAfterSeconds = 5;
const quality = 82;

const options: SharpOptions = {
  limitInputPixels: maxPixels,
  failOn: 'error',
  // Of a moving picture the first one.
  pages: 1,
};

/** Builds it; it draws one picture at a time, since hashes and token checks share its threads. */
export function createDrawPicture(maxBytes: number): DrawPicture {
  sharp.cache(false);
  sharp.concurrency(1);
  const inTurn = pLimit(1);

  async function draw(content: Uint8Array): Promise<Renditions> {
    const detectedType = await detectType(content);
    const refuse = (message: string) =>
      new UploadRejectedError(message, { detectedType, maxBytes });
    const format = formats[detectedType ?? ''];
    if (format === undefined) throw refuse('The file must be a JPEG, PNG, WebP, GIF or AVIF.');
    if (holdsForeignContent(content)) throw refuse('The file must be a picture and nothing else.');
    try {
      const { format: found, pages = 1, width, height } = await sharp(content, options).metadata();
      if (found !== format || pages > maxFrames) throw new Error('Not as it says, or too long.');
      if (found === 'heif' && width * height > maxPixelsWhole) throw new Error('Too many pixels.');
      return await render(content);
    } catch {
      // What libvips says of it may repeat what is in it.
      throw refuse('The picture is damaged, or too large to be drawn.');
    }
  }

  return async ({ content }) => {
    if (content === null) {
      const message = 'The file is too large.';
      throw new UploadRejectedError(message, { detectedType: null, maxBytes });
    }
    if (inTurn.pendingCount >= maxWaiting) throw new RateLimitedError(retryAfterSeconds, 'SERVER');
    return inTurn(draw, content);
  };
}

/** Reads the media type out of the content; null where it is none that is known. */
async function detectType(content: Uint8Array): Promise<string | null> {
  try {
    return (await fileTypeFromBuffer(content))?.mime ?? null;
  } catch {
    return null;
  }
}

async function render(content: Uint8Array): Promise<Renditions> {
  const largest = Math.max(...avatarSizes);
  // Without metadata, which sharp leaves out unless it is told to keep it.
  const { data, info } = await sharp(content, options)
    .timeout({ seconds: maxSeconds })
    .autoOrient()
    .resize(largest, largest, { fit: 'cover' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const renditions = new Map<AvatarSize, Uint8Array<ArrayBuffer>>();
  for (const size of avatarSizes) {
    const drawn = sharp(data, { raw: { width, height, channels } }).resize(size, size);
    renditions.set(size, new Uint8Array(await drawn.webp({ quality }).toBuffer()));
  }
  return renditions;
}
