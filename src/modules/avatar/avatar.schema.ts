import { builder } from '../../graphql/builder.ts';
import { sharedBy } from '../../graphql/shared-by.ts';
import { avatarSizeRule, defaultAvatarSize } from './avatar.rules.ts';
import type { Image } from './avatar.service.ts';

const ImageType = builder.objectRef<Image>('Image').implement({
  ...sharedBy(),
  description: 'A picture that can be fetched by whoever knows its address.',
  fields: (t) => ({
    url: t.expose('url', {
      ...sharedBy(),
      type: 'URL',
      description:
        'Where it is. What is there never changes: another picture has another address. Not to be guessed, and gone when the picture is.',
    }),
    width: t.exposeInt('width', { ...sharedBy(), description: 'Pixels.' }),
    height: t.exposeInt('height', { ...sharedBy(), description: 'Pixels.' }),
    contentType: t.exposeString('contentType', {
      ...sharedBy(),
      description: 'Media type: "image/webp".',
    }),
  }),
});

builder.prismaObjectFields('User', (t) => ({
  avatar: t.field({
    ...sharedBy(),
    type: ImageType,
    nullable: true,
    description: 'Their picture, square; null when they have none.',
    args: {
      size: t.arg.int({
        defaultValue: defaultAvatarSize,
        validate: avatarSizeRule.nullish(),
        description:
          'Pixels of width and height, 16 to 512. The answer is the smallest of 64, 128, 256 and 512 that is not smaller.',
      }),
    },
    select: { avatar: { select: { digest: true } } },
    resolve: ({ avatar }, { size }, { services }) =>
      avatar && services.avatars.imageOf(avatar.digest, size ?? defaultAvatarSize),
  }),
}));
