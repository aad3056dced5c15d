import { builder } from '../../graphql/builder.ts';
import { sharedBy } from '../../graphql/shared-by.ts';

builder.prismaObjectFields('User', (t) => ({
  deletionDueAt: t.expose('deletionDueAt', {
    type: 'DateTime',
    nullable: true,
    ...sharedBy('permissions', 'self'),
    authScopes: ({ id }) => ({
      $any: { self: id, permission: 'users:read', $granted: 'ownAccount' },
    }),
    description:
      'When the account will be erased, as its user wishes; null when it will not be. While they are suspended, nothing is erased.',
  }),
}));
