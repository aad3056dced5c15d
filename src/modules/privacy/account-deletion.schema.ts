import { builder } from '../../graphql/builder.ts';

builder.prismaObjectFields('User', (t) => ({
  deletionDueAt: t.expose('deletionDueAt', {
    type: 'DateTime',
    nullable: true,
    authScopes: ({ id }) => ({
      $any: { self: id, permission: 'users:read', $granted: 'ownAccount' },
    }),
    description:
      'When the account will be erased, as its user wishes; null when it will not be. While they are suspended, nothing is erased.',
  }),
}));
