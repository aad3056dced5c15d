import { builder } from '../../graphql/builder.ts';
import { ChangeKindEnum } from '../../graphql/enums.ts';
import { EventInterface } from '../../graphql/event-types.ts';
import { sharedBy, sharedEvent } from '../../graphql/shared-by.ts';
import { readRoleChanged } from './role.events.ts';
import { Role } from './role.schema.ts';

builder.objectRef<typeof EventInterface.$inferType>('RoleChanged').implement({
  interfaces: [EventInterface],
  description:
    'A role was made, is different now, or is gone. For everybody who is signed in, as `roles` is.',
  authScopes: { signedIn: true },
  ...sharedEvent(() => []),
  fields: (t) => ({
    change: t.field({
      ...sharedBy(),
      type: ChangeKindEnum,
      description: 'What became of it.',
      resolve: (event) => readRoleChanged(event).change,
    }),
    role: t.prismaField({
      ...sharedBy(),
      type: Role,
      nullable: true,
      description: 'The role as it is now; null when it is gone.',
      resolve: ({ ...query }, event, _args, { services }) =>
        services.roles.findRole(readRoleChanged(event).roleId, query),
    }),
    roleId: t.globalID({
      ...sharedBy(),
      description: 'Which role; good for `node`.',
      resolve: (event) => ({ type: Role, id: readRoleChanged(event).roleId }),
    }),
  }),
});
