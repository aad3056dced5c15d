import { builder } from '../../graphql/builder.ts';
import { showNodes } from '../../graphql/node-visibility.ts';
import { sharedBy } from '../../graphql/shared-by.ts';

/** A named set of permissions. */
export const Role = builder.prismaNode('Role', {
  id: { ...sharedBy(), field: 'id', description: 'Opaque; good for `node`.' },
  nullable: true,
  description: 'A named set of permissions. Signed-in viewers see what a role is, not who has it.',
  ...sharedBy(),
  authScopes: { $any: { signedIn: true, $granted: 'ownAccount' } },
  fields: (t) => ({
    key: t.exposeString('key', {
      ...sharedBy(),
      description: 'What programs call it, e.g. "admin".',
    }),
    description: t.exposeString('description', {
      ...sharedBy(),
      nullable: true,
      description: 'What it is for.',
    }),
    permissions: t.exposeStringList('permissions', {
      ...sharedBy(),
      description: 'What it allows, sorted, e.g. "users:read".',
    }),
    builtIn: t.exposeBoolean('builtIn', {
      ...sharedBy(),
      description: 'Whether it came with the server and so cannot be changed.',
    }),
  }),
});

showNodes('Role', (_role, viewer) => viewer !== null);

builder.queryField('roles', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: [Role],
    description: 'All roles, by key; at most 100.',
    // How many there may be, rather than how many a list has as a rule.
    complexity: { multiplier: 100 },
    resolve: (query, _root, _args, { services }) => services.roles.listRoles(query),
  }),
);
