import { Ack, acknowledged } from '../../graphql/ack.ts';
import { builder } from '../../graphql/builder.ts';
import { ConflictError, NotFoundError, ValidationError } from '../../platform/errors.ts';
import { roleRules } from './role.rules.ts';
import { Role } from './role.schema.ts';

const RoleInput = builder.inputType('RoleInput', {
  description: 'What a role is made of, in full: it replaces what was there.',
  validate: roleRules,
  fields: (t) => ({
    key: t.string({
      required: true,
      description:
        'What programs call it: 2 to 50 of a–z, 0–9, "-" and "_", beginning with a letter. No two roles have the same.',
    }),
    description: t.string({
      description: 'What it is for, at most 200 characters; none when it is left out.',
    }),
    permissions: t.stringList({
      required: true,
      description:
        'What it allows, e.g. ["users:read"]; each once. docs/permissions.md lists all. One that the caller lacks is refused with a ConflictError.',
    }),
  }),
});

const writers = { signedIn: true, permission: 'roles:write' } as const;

builder.mutationField('createRole', (t) =>
  t.withAuth(writers).prismaField({
    type: Role,
    nullable: true,
    description: 'Makes a role. For holders of roles:write.',
    errors: { types: [ConflictError, ValidationError] },
    args: {
      input: t.arg({ type: RoleInput, required: true, description: 'What it is made of.' }),
    },
    resolve: (query, _root, { input }, { services, viewer, origin }) =>
      services.roleChanges.create(origin, viewer, input, query),
  }),
);

builder.mutationField('updateRole', (t) =>
  t.withAuth(writers).prismaField({
    type: Role,
    nullable: true,
    description:
      'Makes a role another, at once for all who have it. For holders of roles:write. ConflictError for a built-in role, one that holds a permission that the caller lacks, and a key that is taken.',
    errors: { types: [ConflictError, NotFoundError, ValidationError] },
    args: {
      id: t.arg.globalID({ required: true, for: Role, description: 'Which role.' }),
      input: t.arg({ type: RoleInput, required: true, description: 'What it is made of now.' }),
    },
    resolve: (query, _root, { id, input }, { services, viewer, origin }) =>
      services.roleChanges.update(origin, viewer, id.id, input, query),
  }),
);

builder.mutationField('deleteRole', (t) =>
  t.withAuth(writers).field({
    type: Ack,
    nullable: true,
    description:
      'Deletes a role. For holders of roles:write. ConflictError for a built-in role, one that users have, and one that holds a permission that the caller lacks.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { id: t.arg.globalID({ required: true, for: Role, description: 'Which role.' }) },
    resolve: (_root, { id }, { services, viewer, origin }) =>
      services.roleChanges.delete(origin, viewer, id.id).then(() => acknowledged),
  }),
);
