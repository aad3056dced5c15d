import { queryFromInfo } from '@pothos/plugin-prisma';
import { builder } from '../../graphql/builder.ts';
import { DateRangeInput } from '../../graphql/date-range.ts';
import { UserStatusEnum } from '../../graphql/enums.ts';
import { emailRule } from './user.rules.ts';
import { User } from './user.schema.ts';
import { userFilterRules } from './users.rules.ts';

const UserSortEnum = builder.enumType('UserSort', {
  description: 'What a list of users is sorted by; equals go by id.',
  values: {
    CREATED_AT: { description: 'When the account was made.' },
    UPDATED_AT: { description: 'When it last changed.' },
    LAST_SEEN_AT: {
      description: 'When it was last used; one that never was counts as the oldest.',
    },
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

const UserFilterInput = builder.inputType('UserFilter', {
  description: 'Which users to list: those for whom all holds that is given.',
  validate: userFilterRules,
  fields: (t) => ({
    search: t.string({
      description:
        'A part of the display name or of the address, in upper or lower case, 3 to 100 characters; none of them is a wildcard.',
    }),
    email: t.field({ type: 'EmailAddress', description: 'The whole address.' }),
    status: t.field({ type: [UserStatusEnum], description: 'Any of these, at least one.' }),
    role: t.string({ description: 'Key of a role that they have, e.g. "admin".' }),
    emailVerified: t.boolean({ description: 'Whether the address was confirmed.' }),
    createdAt: t.field({ type: DateRangeInput, description: 'When the account was made.' }),
    lastSeenAt: t.field({
      type: DateRangeInput,
      description: 'When the account was last used; one that never was counts as used in 1970.',
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
        'Users, by keyset: pages stay stable while rows come and go. 1 to 100 a page, 20 by default; more is refused with BAD_USER_INPUT.',
      args: {
        filter: t.arg({ type: UserFilterInput, description: 'Which of them; all by default.' }),
        orderBy: t.arg({ type: UserOrderInput, description: 'Newest first by default.' }),
      },
      resolve: (_root, { filter, orderBy, ...page }, context, info) =>
        context.services.users.listUsers(
          filter ?? {},
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
          resolve: (page) => page.countAll(),
        }),
      }),
    },
    { name: 'UserEdge', description: 'A user in a list, and where they stand in it.' },
  ),
);

builder.queryField('userByEmail', (t) =>
  t.prismaField({
    type: User,
    nullable: true,
    authScopes: { permission: 'users:read' },
    description:
      'The user with this address; null when there is none. What is no address is refused with BAD_USER_INPUT.',
    args: {
      email: t.arg({
        type: 'EmailAddress',
        required: true,
        validate: emailRule,
        description: 'The whole address, in upper or lower case.',
      }),
    },
    resolve: (query, _root, { email }, { services }) => services.users.findByEmail(email, query),
  }),
);
