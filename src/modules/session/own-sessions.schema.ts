import { queryFromInfo } from '@pothos/plugin-prisma';
import { builder } from '../../graphql/builder.ts';
import { statementComplexity } from '../../graphql/field-complexity.ts';
import { Session } from './session.schema.ts';

builder.prismaObjectFields('User', (t) => ({
  sessions: t.connection(
    {
      type: Session,
      complexity: { field: statementComplexity },
      authScopes: ({ id }) => ({ $any: { self: id, permission: 'sessions:read' } }),
      description:
        'Their running sessions, newest first, by keyset. 1 to 100 a page, 20 by default; more is refused with BAD_USER_INPUT. For the user themself and holders of sessions:read.',
      resolve: async ({ id: userId }, page, context, info) => ({
        ...(await context.services.ownSessions.listSessions(
          userId,
          page,
          queryFromInfo({ context, info, include: {}, paths: [['nodes'], ['edges', 'node']] }),
        )),
        userId,
      }),
    },
    {
      name: 'SessionConnection',
      description: 'One page of sessions.',
      fields: (connection) => ({
        totalCount: connection.int({
          nullable: true,
          complexity: statementComplexity,
          description: 'How many there are on all pages; counted only when asked for.',
          resolve: ({ userId }, _args, { services }) => services.ownSessions.countSessions(userId),
        }),
      }),
    },
    { name: 'SessionEdge', description: 'A session in a list, and where it stands in it.' },
  ),
}));
