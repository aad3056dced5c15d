import { builder } from '../../graphql/builder.ts';
import { showNodes } from '../../graphql/node-visibility.ts';

builder.prismaNode('Role', {
  id: { field: 'id', description: 'Opaque; good for `node`.' },
  nullable: true,
  description: 'A named set of permissions. Signed-in viewers see what a role is, not who has it.',
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

showNodes('Role', (_role, viewer) => viewer !== null);
