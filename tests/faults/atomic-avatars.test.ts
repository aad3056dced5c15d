import { graphql } from '../generated/index.ts';
import { type AtomicMutation, call, describeAtomicMutations } from '../support/atomic-mutations.ts';
import { anyAddress, signUp } from '../support/people.ts';
import { drawNoise, drawPicture } from '../support/pictures.ts';
import { sendUpload } from '../support/upload.ts';

const UploadAvatar = graphql(`
  mutation AtomicUploadAvatar($file: File!) {
    uploadAvatar(file: $file) { __typename ... on User { avatar { url } } }
  }
`);
const RemoveAvatar = graphql(`
  mutation AtomicRemoveAvatar {
    removeAvatar { __typename ... on User { avatar { url } } }
  }
`);

const mutations: Record<string, AtomicMutation> = {
  uploadAvatar: {
    member: 'User',
    arrange: async (testApp) => {
      const { accessToken } = await signUp(testApp);
      const picture = await drawPicture('jpeg', { width: 80, height: 60 });
      return () =>
        sendUpload(testApp, UploadAvatar, picture, { accessToken, ipAddress: anyAddress() });
    },
  },
  'uploadAvatar instead of another picture': {
    member: 'User',
    arrange: async (testApp) => {
      const { accessToken } = await signUp(testApp);
      const [first, second] = [await drawPicture(), await drawNoise(64, 64)];
      await sendUpload(testApp, UploadAvatar, first, { accessToken });
      return () =>
        sendUpload(testApp, UploadAvatar, second, { accessToken, ipAddress: anyAddress() });
    },
  },
  removeAvatar: {
    member: 'User',
    arrange: async (testApp) => {
      const { accessToken } = await signUp(testApp);
      await sendUpload(testApp, UploadAvatar, await drawPicture(), { accessToken });
      return call(testApp)(RemoveAvatar, {}, { accessToken });
    },
  },
};

describeAtomicMutations(mutations);
