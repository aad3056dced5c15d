import { builder } from '../../graphql/builder.ts';
import { showNodes } from '../../graphql/node-visibility.ts';
import { RateLimitedError, StepUpRequiredError } from '../../platform/errors.ts';
import { isDataExportVisible } from './data-export.service.ts';

const DataExportStatusEnum = builder.enumType('DataExportStatus', {
  description: 'How far an export of data is.',
  values: {
    PENDING: { description: 'It is being put together, or waits for that.' },
    READY: { description: 'It can be downloaded.' },
    FAILED: { description: 'It could not be put together. Ask for another one.' },
    EXPIRED: { description: 'It has been removed. Ask for another one.' },
  } as const,
});

const DataExport = builder.prismaNode('DataExport', {
  id: { field: 'id', description: 'Opaque; good for `node`.' },
  nullable: true,
  description: 'What is kept about a user, in an archive. Seen by that user alone.',
  authScopes: ({ userId }) => ({ self: userId }),
  fields: (t) => ({
    status: t.field({
      type: DataExportStatusEnum,
      description: 'How far it is.',
      resolve: (request, _args, { services }) => services.dataExports.standingOf(request),
    }),
    requestedAt: t.expose('requestedAt', {
      type: 'DateTime',
      description: 'When it was asked for.',
    }),
    downloadUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        'Where to get the archive (ZIP) with a session of the same user, by its access token or its cookie; null unless READY.',
      resolve: (request, _args, { services }) => services.dataExports.urlOf(request),
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the archive is removed, 24 hours after it was ready; null before.',
    }),
  }),
});

showNodes('DataExport', isDataExportVisible);

builder.queryField('dataExport', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: DataExport,
    nullable: true,
    description: "An export of the caller's own data; null when there is none.",
    args: { id: t.arg.globalID({ required: true, for: DataExport, description: 'Which one.' }) },
    resolve: (query, _root, { id }, { services, viewer }) =>
      services.dataExports.findOwn(viewer, id.id, query),
  }),
);

builder.mutationField('requestDataExport', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: DataExport,
    nullable: true,
    description:
      'Has everything that is kept about the caller put into an archive; a mail says when it is ready. 3 a day. Needs a recent proof of who the caller is.',
    errors: { types: [StepUpRequiredError, RateLimitedError] },
    resolve: (query, _root, _args, { services, viewer, origin }) =>
      services.dataExports.request(origin, viewer, query),
  }),
);
