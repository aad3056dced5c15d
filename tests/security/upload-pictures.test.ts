import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { type Person, signUp } from '../support/people.ts';
import { drawNoise, drawPicture } from '../support/pictures.ts';
import { useTestApp } from '../support/test-app.ts';
import { sendUpload } from '../support/upload.ts';

const testApp = useTestApp();

const Upload = graphql(`
  mutation UploadHostile($file: File!) {
    uploadAvatar(file: $file) {
      __typename
      ... on UploadRejectedError { code message detectedType maxBytes }
    }
  }
`);

async function upload(person: Person, content: Uint8Array) {
  return (await sendUpload(testApp, Upload, content, person)).body.data?.uploadAvatar;
}

const bytes = (text: string) => Buffer.from(text, 'latin1');
const joined = (...parts: (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? bytes(part) : part)));
const oneColour = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#fff' } });

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>';
const zipEnd = joined('PK\u0005\u0006', Buffer.alloc(18));

/** A PNG that says that it is larger than it is. */
async function withSize(width: number, height: number): Promise<Buffer> {
  const png = Buffer.from(await drawPicture('png'));
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

/** A GIF of so many pictures, each of one pixel. */
async function manyFrames(count: number): Promise<Buffer> {
  const gif = await sharp(await drawPicture('png', { width: 1, height: 2 }))
    .gif()
    .toBuffer();
  const start = gif.indexOf(0x2c);
  return joined(gif.subarray(0, start), ...Array(count).fill(gif.subarray(start, -1)), ';');
}

const notTaken = 'The file must be a JPEG, PNG, WebP, GIF or AVIF.';
const damaged = 'The picture is damaged, or too large to be drawn.';
const more = 'The file must be a picture and nothing else.';

describe('a file that is no picture that is taken', () => {
  it.each<[string, () => Buffer | Promise<Buffer>, string | null, string]>([
    ['nothing', () => bytes(''), null, notTaken],
    ['text', () => bytes('a picture, honestly'), null, notTaken],
    ['an SVG', () => bytes(svg), null, notTaken],
    [
      'an SVG with a prologue',
      () => bytes(`<?xml version="1.0"?>${svg}`),
      'application/xml',
      notTaken,
    ],
    ['HTML', () => bytes('<!doctype html><script>1</script>'), null, notTaken],
    ['a PDF', () => bytes('%PDF-1.7\n1 0 obj'), 'application/pdf', notTaken],
    ['a TIFF', () => drawPicture('tiff'), 'image/tiff', notTaken],
    [
      'a ZIP archive',
      () => joined('PK\u0003\u0004', Buffer.alloc(40), zipEnd),
      'application/zip',
      notTaken,
    ],
    ['a BMP', () => joined('BM', Buffer.alloc(100)), 'image/bmp', notTaken],
    [
      'an HEIC',
      () => joined('\0\0\0\u0018ftypheic\0\0\0\0mif1heic', Buffer.alloc(99)),
      'image/heic',
      notTaken,
    ],
    [
      'an MP4',
      () => joined('\0\0\0\u0018ftypisom\0\0\0\0isomavc1', Buffer.alloc(99)),
      'video/mp4',
      notTaken,
    ],
    ['a PostScript', () => bytes('%!PS-Adobe-3.0 EPSF-3.0\n'), 'application/eps', notTaken],
    ['a program', () => joined('\u007fELF', Buffer.alloc(99)), 'application/x-elf', notTaken],
    ['the beginning of a JPEG', () => bytes('\u00ff\u00d8\u00ff\u00e0'), 'image/jpeg', damaged],
    ['half a JPEG', async () => halfOf(await drawPicture('jpeg')), 'image/jpeg', damaged],
    ['half a PNG', async () => halfOf(await drawNoise(99, 99)), 'image/png', damaged],
    ['half a WebP', async () => halfOf(await drawPicture('webp')), 'image/webp', damaged],
    [
      'an AVIF of too many pixels to be decoded whole',
      () => oneColour(2900, 2900).avif({ effort: 0 }).toBuffer(),
      'image/avif',
      damaged,
    ],
    ['half an AVIF', async () => halfOf(await drawPicture('avif')), 'image/avif', damaged],
    ['a GIF that is a script', () => bytes('GIF89a=1;alert(1);//'), 'image/gif', damaged],
    [
      'a picture of 41 megapixels',
      () => oneColour(6400, 6410).png().toBuffer(),
      'image/png',
      damaged,
    ],
    [
      'a picture of 41 megapixels as JPEG',
      () => oneColour(6400, 6410).jpeg().toBuffer(),
      'image/jpeg',
      damaged,
    ],
    ['a picture that says 4 gigapixels', () => withSize(65_535, 65_535), 'image/png', damaged],
    [
      'a picture that says 2³¹ pixels each way',
      () => withSize(0x7f_ff_ff_ff, 0x7f_ff_ff_ff),
      'image/png',
      damaged,
    ],
    ['a picture without extent', () => withSize(0, 0), 'image/png', damaged],
    ['a GIF of 3,000 pictures', () => manyFrames(3000), 'image/gif', damaged],
    [
      'a JPEG that is an archive',
      async () => joined(await drawPicture(), zipEnd),
      'image/jpeg',
      more,
    ],
    [
      'a PNG that is a page',
      async () => joined(await drawPicture('png'), '<HTML><body>'),
      'image/png',
      more,
    ],
    [
      'a GIF that is a script in PHP',
      async () => joined(await drawPicture('gif'), '<?php 1;'),
      'image/gif',
      more,
    ],
    [
      'a WebP that is an SVG',
      async () => joined(await drawPicture('webp'), svg),
      'image/webp',
      more,
    ],
    [
      'a JPEG that is a PDF',
      async () => withComment(await drawPicture(), '%PDF-1.7'),
      'image/jpeg',
      more,
    ],
    [
      'a JPEG with a script in a comment',
      async () => withComment(await drawPicture(), '<ScRiPt>1'),
      'image/jpeg',
      more,
    ],
  ])('is refused: %s', async (_description, make, detectedType, message) => {
    const ada = await signUp(testApp);
    expect(await upload(ada, await make())).toEqual({
      __typename: 'UploadRejectedError',
      code: 'UPLOAD_REJECTED',
      message,
      detectedType,
      maxBytes: 5_242_880,
    });
    const { prisma } = testApp.database;
    expect(await prisma.avatar.count()).toBe(0);
    expect(await prisma.auditEvent.count({ where: { action: 'user.avatar-changed' } })).toBe(0);
  });
});

describe('a picture that is out of the ordinary', () => {
  it.each<[string, () => Buffer | Promise<Buffer>]>([
    ['of one pixel', () => drawPicture('png', { width: 1, height: 1 })],
    ['of 39 megapixels', () => oneColour(6500, 6000).jpeg().toBuffer()],
    ['of 20,000 by 1 pixels', () => oneColour(20_000, 1).png().toBuffer()],
    ['in CMYK', () => oneColour(99, 99).toColourspace('cmyk').jpeg().toBuffer()],
    ['of 16 bits', () => oneColour(99, 99).toColourspace('rgb16').png().toBuffer()],
    ['in grey', () => oneColour(99, 99).toColourspace('b-w').png().toBuffer()],
    [
      'that can be seen through',
      async () =>
        sharp(await drawPicture('png'))
          .ensureAlpha(0.5)
          .png()
          .toBuffer(),
    ],
    [
      'with something behind its end',
      async () => joined(await drawPicture(), 'the camera adds this'),
    ],
    ['of 500 frames', () => manyFrames(500)],
  ])('is taken: %s', async (_description, make) => {
    expect(await upload(await signUp(testApp), await make())).toEqual({ __typename: 'User' });
  });
});

const halfOf = (content: Buffer) => content.subarray(0, Math.floor(content.length / 2));

/** Puts a comment into a JPEG, before everything else. */
function withComment(jpeg: Buffer, text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length + 2);
  return joined(jpeg.subarray(0, 2), '\u00ff\u00fe', length, text, jpeg.subarray(2));
}
