import { builder } from '../../graphql/builder.ts';
import { rolesVisibleTo } from './role.service.ts';

/** A named set of permissions. */
export const Role = builder.prismaNode('Role', {
  id: { field: 'id', description: 'Opaque; good for `node`.' },
  findUnique: (id, { viewer }) => ({ id, AND: rolesVisibleTo(viewer) }),
  nullable: true,
  description:
    'A named set of permissions. Seen by those who have it and by holders of users:read.',
  authScopes: { $any: { signedIn: true, $granted: 'ownAccount' } },
  fields: (t) => ({
    key: t.exposeString('key', { description: 'What programs call it, e.g. "admin".' }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    permissions: t.exposeStringList('permissions', { description: 'What it allows.' }),
    builtIn: t.exposeBoolean('builtIn', {
      description: 'Whether it came with the server and so cannot be changed.',
    }),
  }),
});
