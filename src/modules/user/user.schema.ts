import { builder } from '../../graphql/builder.ts';
import { UserStatusEnum } from '../../graphql/enums.ts';
import { showNodes } from '../../graphql/node-visibility.ts';
import { sharedBy } from '../../graphql/shared-by.ts';
import { permissionsOfUser } from './user.rules.ts';
import { isUserVisible } from './user.service.ts';

/** Allows a field of an account to the user themself and to whoever may read users. */
const selfOrReader = {
  ...sharedBy('permissions', 'self'),
  authScopes: ({ id }: { id: string }) => ({
    $any: { self: id, permission: 'users:read' as const, $granted: 'ownAccount' },
  }),
};

/** The one order of a user's roles: another would make Prisma read them a second time. */
const byGrant = { grantedAt: 'asc' } as const;

/** An account. */
export const User = builder.prismaNode('User', {
  id: { ...sharedBy(), field: 'id', description: 'Opaque; good for `node`.' },
  nullable: true,
  description:
    'An account. Signed-in viewers see the public profile of active users; the rest is for the user themself and for holders of users:read.',
  ...sharedBy('permissions', 'self'),
  authScopes: (user, { viewer }) => isUserVisible(user, viewer) || { $granted: 'ownAccount' },
  fields: (t) => ({
    displayName: t.exposeString('displayName', {
      ...sharedBy(),
      description: 'What others call them.',
    }),
    username: t.exposeString('username', {
      ...sharedBy(),
      nullable: true,
      description: 'Unique without regard to case.',
    }),
    version: t.exposeInt('version', {
      description: 'Counts up with each change; what `expectedVersion` is compared with.',
      ...selfOrReader,
    }),
    email: t.expose('email', {
      type: 'EmailAddress',
      nullable: true,
      description: 'Where mail for them goes.',
      ...selfOrReader,
    }),
    emailVerifiedAt: t.expose('emailVerifiedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the address was last confirmed.',
      ...selfOrReader,
    }),
    locale: t.exposeString('locale', {
      nullable: true,
      description: 'Preferred language, as a BCP 47 tag.',
      ...selfOrReader,
    }),
    timezone: t.exposeString('timezone', {
      nullable: true,
      description: 'IANA time zone.',
      ...selfOrReader,
    }),
    status: t.expose('status', {
      type: UserStatusEnum,
      description: 'Whether the account can be used.',
      ...selfOrReader,
    }),
    roles: t.field({
      type: ['Role'],
      description: 'Which roles they have.',
      ...selfOrReader,
      grantScopes: ['ownAccount'],
      select: (_args, _context, nestedSelection) => ({
        roles: { select: { role: nestedSelection(true) }, orderBy: byGrant },
      }),
      resolve: (user) => user.roles.map(({ role }) => role),
    }),
    permissions: t.stringList({
      description: 'What their roles allow, sorted, e.g. "users:read".',
      ...selfOrReader,
      select: {
        roles: { select: { role: { select: { permissions: true } } }, orderBy: byGrant },
      },
      resolve: permissionsOfUser,
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When the account was made.',
      ...selfOrReader,
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'When it last changed.',
      ...selfOrReader,
    }),
    lastSeenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to about ten minutes; null for never.',
      ...selfOrReader,
      // 1970 stands for never, so that lists can be sorted by it without NULLs.
      resolve: ({ lastSeenAt }) => (lastSeenAt.getTime() === 0 ? null : lastSeenAt),
    }),
  }),
});

showNodes('User', isUserVisible);

builder.queryField('me', (t) =>
  t.prismaField({
    type: User,
    nullable: true,
    description: 'Who is calling; null for a stranger.',
    // Copied, for Pothos takes a query that nobody read for a mistake, and a stranger's is not.
    resolve: ({ ...query }, _root, _args, { services, viewer }) =>
      viewer === null ? null : services.users.getUser(viewer.userId, query),
  }),
);

builder.queryField('user', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: User,
    nullable: true,
    description: 'Another user; null when there is none or the viewer may not see them.',
    args: { id: t.arg.globalID({ required: true, for: User, description: 'Whom.' }) },
    resolve: (query, _root, { id }, { services, viewer }) =>
      services.users.findVisible(viewer, id.id, query),
  }),
);
