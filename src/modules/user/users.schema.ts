import { queryFromInfo } from '@pothos/plugin-prisma';
import { builder } from '../../graphql/builder.ts';
import { User } from './user.schema.ts';

const UserSortEnum = builder.enumType('UserSort', {
  description: 'What a list of users is sorted by; equals go by id.',
  values: {
    CREATED_AT: { description: 'When the account was made.' },
    UPDATED_AT: { description: 'When it last changed.' },
    EMAIL: { description: 'The address.' },
    DISPLAY_NAME: { description: 'The display name.' },
  } as const,
});

const OrderDirectionEnum = builder.enumType('OrderDirection', {
  description: 'Which end of a list comes first.',
  values: {
    ASC: { description: 'The smallest or oldest first.' },
    DESC: { description: 'The greatest or newest first.' },
  } as const,
});

const UserOrderInput = builder.inputType('UserOrder', {
  description: 'The order of a list of users.',
  fields: (t) => ({
    by: t.field({ type: UserSortEnum, required: true, description: 'What to sort by.' }),
    direction: t.field({
      type: OrderDirectionEnum,
      required: true,
      defaultValue: 'DESC',
      description: 'Which end comes first.',
    }),
  }),
});

const newestFirst = { by: 'CREATED_AT', direction: 'DESC' } as const;

builder.queryField('users', (t) =>
  t.connection(
    {
      type: User,
      nullable: true,
      authScopes: { permission: 'users:read' },
      description:
        'All users, by keyset: pages stay stable while rows come and go. 1 to 100 a page, 20 by default; more is refused with BAD_USER_INPUT.',
      args: {
        orderBy: t.arg({ type: UserOrderInput, description: 'Newest first by default.' }),
      },
      resolve: (_root, { orderBy, ...page }, context, info) =>
        context.services.users.listUsers(
          orderBy ?? newestFirst,
          page,
          queryFromInfo({ context, info, include: {}, paths: [['nodes'], ['edges', 'node']] }),
        ),
    },
    {
      name: 'UserConnection',
      description: 'One page of users.',
      fields: (connection) => ({
        totalCount: connection.int({
          nullable: true,
          description: 'How many there are on all pages; counted only when asked for.',
          resolve: (_page, _args, { services }) => services.users.countUsers(),
        }),
      }),
    },
    { name: 'UserEdge', description: 'A user in a list, and where they stand in it.' },
  ),
);
