import type { Handler } from './graphql.ts';
import { notFound } from './respond.ts';

/** A picture that never changes. */
export interface Picture {
  content: Uint8Array<ArrayBuffer>;
  /** Media type. */
  contentType: string;
  /** What tells it from every other. */
  tag: string;
}

/** Finds the picture at a path; null where there is none (any more). */
export type FindPicture = (path: string) => Promise<Picture | null>;

const oneYearSeconds = 31_536_000;

/** Serves pictures, to pages of other origins as well; they may be kept for good. */
export function createPictureHandler(find: FindPicture): Handler {
  return async ({ url, method, headers }) => {
    const picture = await find(new URL(url).pathname);
    if (picture === null) return notFound();
    const { content, contentType } = picture;
    const etag = `"${picture.tag}"`;
    const described = {
      etag,
      'cache-control': `public, max-age=${oneYearSeconds}, immutable`,
      'cross-origin-resource-policy': 'cross-origin',
    };
    if (isKnown(headers.get('if-none-match'), etag)) {
      return new Response(null, { status: 304, headers: described });
    }
    return new Response(method === 'HEAD' ? null : content, {
      headers: {
        ...described,
        'content-type': contentType,
        'content-length': String(content.byteLength),
        'content-disposition': 'inline',
      },
    });
  };
}

/** Compares with what the client has, weakly (RFC 9110 §13.1.2). */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
