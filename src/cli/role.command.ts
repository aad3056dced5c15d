import { Command } from 'commander';
import { serverOrigin } from '../platform/origin.ts';
import { findUser, roleKeys, whom } from './find-user.ts';
import { withChangingServer, withServer } from './open-server.ts';
import { examples, reporting } from './reporting.ts';
import { table } from './text.ts';

/** Builds the commands about roles. */
export function roleCommand(): Command {
  return new Command('role')
    .description('look after roles')
    .addCommand(listCommand())
    .addCommand(setCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('list the roles with what they allow and how many users have them')
    .addHelpText('after', examples('role list'))
    .action(
      reporting(() =>
        withServer(async ({ database }) => {
          const roles = await database.prisma.role.findMany({
            orderBy: { key: 'asc' },
            include: { _count: { select: { users: true } } },
          });
          const data = roles.map(({ key, description, permissions, builtIn, _count }) => ({
            key,
            description,
            permissions,
            builtIn,
            users: _count.users,
          }));
          const text = table(
            ['ROLE', 'USERS', 'BUILT IN', 'PERMISSIONS'],
            data.map(({ key, users, builtIn, permissions }) => [
              key,
              String(users),
              builtIn ? 'yes' : 'no',
              permissions.toSorted().join(' ') || '-',
            ]),
          );
          return { data, text };
        }),
      ),
    );
}

function setCommand(): Command {
  return new Command('set')
    .description('give a user these roles and no others; "user" comes along unasked')
    .argument('<user>', whom)
    .argument('<role...>', 'keys of roles')
    .addHelpText(
      'after',
      examples('role set ada@example.com admin', 'role set ada@example.com user'),
    )
    .action(
      reporting((who: string, roles: string[]) =>
        withChangingServer(async ({ database, services }) => {
          const { id, email } = await findUser(database, who);
          await services.administration.updateUser(
            serverOrigin('cli'),
            'operator',
            id,
            { roles },
            {},
          );
          const now = roleKeys(await findUser(database, id));
          return { data: { id, email, roles: now }, text: `${email} has: ${now.join(' ')}` };
        }),
      ),
    );
}
