import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { signUp } from '../support/people.ts';
import { drawPicture } from '../support/pictures.ts';
import { fetchFrom } from '../support/raw-request.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';
import { sendUpload } from '../support/upload.ts';

const testApp = useTestApp();

const Upload = graphql(`
  mutation UploadToRemove($file: File!) {
    uploadAvatar(file: $file) { __typename ... on User { version avatar { url } } }
  }
`);

const RemoveAvatar = graphql(`
  mutation RemoveAvatar {
    removeAvatar { __typename ... on User { version avatar { url } } }
  }
`);

describe('removeAvatar', () => {
  it('takes the picture away, and its address with it', async () => {
    const ada = await signUp(testApp);
    const { body } = await sendUpload(testApp, Upload, await drawPicture(), ada);
    const uploaded = body.data?.uploadAvatar;
    const url = uploaded?.__typename === 'User' ? uploaded.avatar?.url : undefined;
    const path = new URL(url ?? '').pathname;
    expect((await fetchFrom(testApp, path)).status).toBe(200);
    expect(await ask(testApp, RemoveAvatar, {}, ada)).toEqual({
      removeAvatar: { __typename: 'User', version: 3, avatar: null },
    });
    expect((await fetchFrom(testApp, path)).status).toBe(404);
    const { prisma } = testApp.database;
    expect(await prisma.avatarRendition.count()).toBe(0);
    expect(await prisma.auditEvent.count({ where: { action: 'user.avatar-changed' } })).toBe(2);
    const [event] = await prisma.loggedEvent.findMany({
      where: { userId: ada.userId },
      orderBy: { sequence: 'desc' },
      take: 1,
    });
    expect(event).toMatchObject({
      type: 'UserChanged',
      userId: ada.userId,
      data: { change: 'UPDATED', changedFields: ['avatar'] },
    });
  });

  it('changes nothing where there is none', async () => {
    const ada = await signUp(testApp);
    const { prisma } = testApp.database;
    const before = await prisma.loggedEvent.count();
    expect(await ask(testApp, RemoveAvatar, {}, ada)).toEqual({
      removeAvatar: { __typename: 'User', version: 1, avatar: null },
    });
    expect(await prisma.loggedEvent.count()).toBe(before);
    expect(await prisma.auditEvent.count({ where: { action: 'user.avatar-changed' } })).toBe(0);
  });

  it('leaves the pictures of others', async () => {
    const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
    await sendUpload(testApp, Upload, await drawPicture(), bob);
    await ask(testApp, RemoveAvatar, {}, ada);
    expect(await testApp.database.prisma.avatar.findMany()).toMatchObject([{ userId: bob.userId }]);
  });

  it('is for those who are signed in: UNAUTHENTICATED', async () => {
    expect(codesOf(await send(testApp, RemoveAvatar, {}))).toEqual(['UNAUTHENTICATED']);
  });
});
