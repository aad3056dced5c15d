import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { signUp } from '../support/people.ts';
import { drawPicture } from '../support/pictures.ts';
import { fetchFrom } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';
import { sendUpload } from '../support/upload.ts';

const testApp = useTestApp();

const Upload = graphql(`
  mutation UploadToServe($file: File!) {
    uploadAvatar(file: $file) { __typename ... on User { avatar(size: 64) { url } } }
  }
`);

let path: string;
beforeEach(async () => {
  const ada = await signUp(testApp);
  const { body } = await sendUpload(testApp, Upload, await drawPicture(), ada);
  const uploaded = body.data?.uploadAvatar;
  path = new URL((uploaded?.__typename === 'User' && uploaded.avatar?.url) || '').pathname;
});

const etagOf = () => `"${path.split('/')[2]}-64"`;

describe('/avatars/<digest>/<size>.webp', () => {
  it('serves a picture to anybody, for pages of any origin, for good', async () => {
    const { status, headers } = await fetchFrom(testApp, path);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/webp',
      'content-length': expect.stringMatching(/^\d+$/),
      'content-disposition': 'inline',
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'cross-origin',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      etag: etagOf(),
    });
    expect(headers.get('set-cookie')).toBeNull();
  });

  it('tells by HEAD what it would serve', async () => {
    const [head, whole] = [
      await fetchFrom(testApp, path, { method: 'HEAD' }),
      await fetchFrom(testApp, path),
    ];
    expect(head.text).toBe('');
    expect(head.status).toBe(200);
    for (const name of ['content-length', 'content-type', 'etag', 'cache-control']) {
      expect(head.headers.get(name)).toBe(whole.headers.get(name));
    }
  });

  it.each<[string, () => string, number]>([
    ['the one', etagOf, 304],
    ['a weak one', () => `W/${etagOf()}`, 304],
    ['several', () => `"x", ${etagOf()}`, 304],
    ['any', () => '*', 304],
    ['another', () => '"x"', 200],
    ['one of another size', () => etagOf().replace('64', '128'), 200],
  ])('answers whoever has %s', async (_description, tag, status) => {
    const headers = { 'if-none-match': tag() };
    const answer = await fetchFrom(testApp, path, { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('etag')).toBe(etagOf());
    if (status === 304) expect(answer.text).toBe('');
  });

  it.each([
    ['another size', (own: string) => own.replace('64.webp', '65.webp')],
    ['no size', (own: string) => own.replace('/64.webp', '')],
    ['another type', (own: string) => own.replace('.webp', '.png')],
    ['more behind it', (own: string) => `${own}/x`],
    ['another digest', (own: string) => own.replace(/[\w-]{43}/, 'A'.repeat(43))],
    ['a shorter digest', (own: string) => own.replace(/[\w-]{43}/, 'A')],
    ['a pattern for a digest', (own: string) => own.replace(/[\w-]{43}/, '%25'.repeat(14))],
    ['a size that is inherited', (own: string) => own.replace('64.webp', 'constructor.webp')],
    ['nothing', () => '/avatars/'],
  ])('answers 404 to a path with %s, not to be kept', async (_description, change) => {
    const { status, headers } = await fetchFrom(testApp, change(path));
    expect({ status, kept: headers.get('cache-control') }).toEqual({
      status: 404,
      kept: 'no-store',
    });
  });

  it('only serves: METHOD_NOT_ALLOWED', async () => {
    expect((await fetchFrom(testApp, path, { method: 'DELETE' })).status).toBe(405);
  });
});
