import { builder } from '../../graphql/builder.ts';
import { sharedBy } from '../../graphql/shared-by.ts';

builder.prismaObjectFields('User', (t) => ({
  suspensionEndsAt: t.expose('suspendedUntil', {
    type: 'DateTime',
    nullable: true,
    description:
      'When their suspension ends by itself; null where it has no end, and for whoever is not suspended. For holders of users:read.',
    ...sharedBy('permissions'),
    authScopes: { permission: 'users:read' },
  }),
  suspensionReason: t.exposeString('suspendedFor', {
    nullable: true,
    description:
      'Why they are suspended, as the administrator who did it wrote. For holders of users:read; the user is not told.',
    ...sharedBy('permissions'),
    authScopes: { permission: 'users:read' },
  }),
}));
