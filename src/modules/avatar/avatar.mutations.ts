import { builder } from '../../graphql/builder.ts';
import { drawingComplexity } from '../../graphql/field-complexity.ts';
import { ErrorInterface } from '../../graphql/result-errors.ts';
import { RateLimitedError, UploadRejectedError } from '../../platform/errors.ts';

builder.objectType(UploadRejectedError, {
  name: 'UploadRejectedError',
  interfaces: [ErrorInterface],
  description:
    'A file is too large, or none of the kinds that are taken; nothing of it was kept. Code UPLOAD_REJECTED.',
  fields: (t) => ({
    detectedType: t.exposeString('detectedType', {
      nullable: true,
      description:
        'Media type that the content has, e.g. "image/tiff", whatever the client said; null where it is not known.',
    }),
    maxBytes: t.exposeInt('maxBytes', { description: 'How large a file may be, in bytes.' }),
  }),
});

builder.mutationField('uploadAvatar', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: 'User',
    nullable: true,
    description:
      'Gives the caller the picture in a file: a JPEG, PNG, WebP, GIF or AVIF of at most `AuthConfig.maxUploadBytes` and 40 megapixels (an AVIF: 8). It is drawn anew: cut to a square, without metadata and motion. 20 an hour.',
    complexity: drawingComplexity,
    errors: { types: [UploadRejectedError, RateLimitedError] },
    args: {
      file: t.arg({
        type: 'File',
        required: true,
        description: 'The picture, sent as multipart/form-data.',
      }),
    },
    resolve: (query, _root, { file }, { services, viewer, origin }) =>
      services.avatars.upload(origin, viewer.userId, file, query),
  }),
);

builder.mutationField('removeAvatar', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: 'User',
    nullable: true,
    description: 'Takes the picture of the caller away. Without one it changes nothing.',
    errors: { types: [] },
    resolve: (query, _root, _args, { services, viewer, origin }) =>
      services.avatars.remove(origin, viewer.userId, query),
  }),
);
