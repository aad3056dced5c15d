import { execute, parse } from 'graphql';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { UploadedFile } from '../../src/platform/uploaded-file.ts';
import { graphql } from '../generated/index.ts';
import { contextOf } from '../support/access-world.ts';
import { type Person, signUp } from '../support/people.ts';
import { drawPicture } from '../support/pictures.ts';
import { codeOf, fetchFrom, postGraphql } from '../support/raw-request.ts';
import { ask, codesOf } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';
import { sendUpload } from '../support/upload.ts';

const testApp = useTestApp();

const UploadAvatar = graphql(`
  mutation UploadAvatar($file: File!) {
    uploadAvatar(file: $file) {
      __typename
      ... on User { id version avatar(size: 100) { url width height contentType } }
      ... on Error { code }
      ... on UploadRejectedError { detectedType maxBytes }
      ... on RateLimitedError { scope retryAfterSeconds }
    }
  }
`);

const AvatarOf = graphql(`
  query AvatarOf($id: ID!, $size: Int) {
    user(id: $id) { avatar(size: $size) { url width } }
  }
`);

async function upload(person: Person, content: Uint8Array) {
  const { body } = await sendUpload(testApp, UploadAvatar, content, person);
  return body.data?.uploadAvatar;
}

async function uploadWhole(person: Person, content: Uint8Array) {
  const answer = await upload(person, content);
  if (answer?.__typename !== 'User' || !answer.avatar) throw new Error(JSON.stringify(answer));
  return { ...answer, avatar: answer.avatar };
}

/** Fetches a picture as a browser would. */
async function fetchPicture(url: string): Promise<Buffer> {
  const response = await testApp.app.respond(new Request(url), '192.0.2.1');
  return Buffer.from(await response.arrayBuffer());
}

/** Reads the colour in the middle of the upper and of the lower half. */
async function halves(content: Buffer) {
  const { data, info } = await sharp(content)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (y: number) => {
    const start = (y * info.width + Math.floor(info.width / 2)) * info.channels;
    const [red = 0, , blue = 0] = data.subarray(start, start + 3);
    return red > blue ? 'red' : 'blue';
  };
  return [at(Math.floor(info.height / 4)), at(Math.floor((info.height * 3) / 4))];
}

describe('uploadAvatar', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)(
    'takes a picture in %s',
    async (format) => {
      const ada = await signUp(testApp);
      const { avatar, version } = await uploadWhole(ada, await drawPicture(format));
      expect(avatar).toEqual({
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4000\/avatars\/[\w-]{43}\/128\.webp$/),
        width: 128,
        height: 128,
        contentType: 'image/webp',
      });
      expect(version).toBe(2);
      const content = await fetchPicture(avatar.url);
      expect(await sharp(content).metadata()).toMatchObject({
        format: 'webp',
        width: 128,
        height: 128,
      });
      expect(await halves(content)).toEqual(['red', 'blue']);
    },
  );

  it('enlarges a small picture, so that every size is there', async () => {
    const ada = await signUp(testApp);
    await uploadWhole(ada, await drawPicture('png', { width: 10, height: 3 }));
    const sizes = await testApp.database.prisma.avatarRendition.findMany({
      orderBy: { size: 'asc' },
    });
    expect(sizes.map(({ size }) => size)).toEqual([64, 128, 256, 512]);
    for (const { size, content } of sizes) {
      expect(await sharp(content).metadata()).toMatchObject({ width: size, height: size });
    }
  });

  it('turns a picture upright and keeps nothing of its metadata', async () => {
    const ada = await signUp(testApp);
    const taken = await sharp(await drawPicture())
      .rotate(180)
      .withExif({
        IFD0: { Copyright: 'Countess of Lovelace', Orientation: '3' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
      })
      .withMetadata({ orientation: 3 })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">Countess</x:xmpmeta>')
      .toBuffer();
    expect(taken.includes('Countess')).toBe(true);
    expect(await sharp(taken).metadata()).toMatchObject({
      orientation: 3,
      exif: expect.anything(),
    });
    const { avatar } = await uploadWhole(ada, taken);
    const content = await fetchPicture(avatar.url);
    expect(await halves(content)).toEqual(['red', 'blue']);
    const kept = await sharp(content).metadata();
    const left = [kept.exif, kept.xmp, kept.icc, kept.iptc, kept.orientation];
    expect(left.filter((each) => each !== undefined)).toEqual([]);
    expect(content.includes('Countess')).toBe(false);
  });

  it('keeps the first picture of a moving one', async () => {
    const ada = await signUp(testApp);
    const frames = [
      await drawPicture('png'),
      await sharp(await drawPicture('png'))
        .negate()
        .toBuffer(),
    ];
    const moving = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(moving).metadata()).pages).toBe(2);
    const { avatar } = await uploadWhole(ada, moving);
    const content = await fetchPicture(avatar.url);
    expect((await sharp(content).metadata()).pages ?? 1).toBe(1);
    expect(await halves(content)).toEqual(['red', 'blue']);
  });

  it('changes nothing when the picture is the same, and the address when it is another', async () => {
    const ada = await signUp(testApp);
    const picture = await drawPicture();
    const first = await uploadWhole(ada, picture);
    expect(await uploadWhole(ada, picture)).toEqual(first);
    const other = await uploadWhole(ada, await sharp(picture).negate().toBuffer());
    expect(other.version).toBe(first.version + 1);
    expect(other.avatar.url).not.toBe(first.avatar.url);
    expect((await fetchFrom(testApp, new URL(first.avatar.url).pathname)).status).toBe(404);
    expect(await testApp.database.prisma.avatarRendition.count()).toBe(4);
  });

  it('gives two people with one picture two addresses', async () => {
    const picture = await drawPicture();
    const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
    const [one, other] = [await uploadWhole(ada, picture), await uploadWhole(bob, picture)];
    expect(one.avatar.url).not.toBe(other.avatar.url);
  });

  it('records the change and tells of it', async () => {
    const ada = await signUp(testApp);
    await uploadWhole(ada, await drawPicture());
    const { prisma } = testApp.database;
    expect(
      await prisma.auditEvent.findMany({ where: { action: 'user.avatar-changed' } }),
    ).toMatchObject([{ actorId: ada.userId, targetId: ada.userId }]);
    expect(
      await prisma.loggedEvent.findMany({
        where: { type: 'UserChanged' },
        orderBy: { sequence: 'desc' },
        take: 1,
      }),
    ).toMatchObject([
      { userId: ada.userId, data: { change: 'UPDATED', changedFields: ['avatar'] } },
    ]);
  });

  it('takes a picture twenty times an hour from one user: RATE_LIMITED', async () => {
    const ada = await signUp(testApp);
    const bad = new Uint8Array([1]);
    for (let tries = 0; tries < 20; tries += 1) {
      expect(await upload(ada, bad)).toMatchObject({ code: 'UPLOAD_REJECTED' });
    }
    expect(await upload(ada, bad)).toEqual({
      __typename: 'RateLimitedError',
      code: 'RATE_LIMITED',
      scope: 'VIEWER',
      retryAfterSeconds: expect.any(Number),
    });
    expect(await upload(await signUp(testApp, 'Bob'), bad)).toMatchObject({
      code: 'UPLOAD_REJECTED',
    });
  });

  it('asks by itself, too, who calls: UNAUTHENTICATED', async () => {
    const { errors } = await execute({
      schema,
      document: parse(UploadAvatar.toString()),
      contextValue: await contextOf(testApp, undefined),
      variableValues: { file: new UploadedFile(await drawPicture()) },
    });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  });

  it('takes no file out of JSON: BAD_USER_INPUT', async () => {
    const ada = await signUp(testApp);
    for (const file of [{}, 'x', { content: 'x' }, [1]]) {
      const body = { query: UploadAvatar.toString(), variables: { file } };
      const headers = { authorization: `Bearer ${ada.accessToken}` };
      expect(codeOf(await postGraphql(testApp, body, headers))).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('is for those who are signed in: UNAUTHENTICATED', async () => {
    const answer = await sendUpload(testApp, UploadAvatar, await drawPicture());
    expect({ status: answer.status, codes: codesOf(answer) }).toEqual({
      status: 401,
      codes: ['UNAUTHENTICATED'],
    });
  });
});

describe('User.avatar', () => {
  it.each([
    [16, 64],
    [64, 64],
    [65, 128],
    [256, 256],
    [257, 512],
    [512, 512],
    [null, 256],
    [undefined, 256],
  ])('of size %s is %i pixels wide', async (size, width) => {
    const ada = await signUp(testApp);
    await uploadWhole(ada, await drawPicture());
    const variables = { id: ada.id, ...(size !== undefined && { size }) };
    expect(await ask(testApp, AvatarOf, variables, ada)).toMatchObject({
      user: { avatar: { width } },
    });
  });

  it('is null for somebody without a picture', async () => {
    const ada = await signUp(testApp);
    expect(await ask(testApp, AvatarOf, { id: ada.id }, ada)).toEqual({ user: { avatar: null } });
  });
});
