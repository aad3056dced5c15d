import { Command } from 'commander';
import { permissionsOfUser } from '../modules/user/user.rules.ts';
import { type FoundUser, findUser, lastSeen, roleKeys, whom } from './find-user.ts';
import { withServer } from './open-server.ts';
import { examples, type Report, reporting } from './reporting.ts';
import { details, moment, table } from './text.ts';
import { userListCommand } from './user-list.command.ts';
import { userRestoreCommand, userSuspendCommand } from './user-suspension.command.ts';

/** Builds the commands about users. */
export function userCommand(): Command {
  return new Command('user')
    .description('look after users')
    .addCommand(userListCommand())
    .addCommand(showCommand())
    .addCommand(sessionsCommand())
    .addCommand(userSuspendCommand())
    .addCommand(userRestoreCommand());
}

function showCommand(): Command {
  return new Command('show')
    .description('show a user')
    .argument('<user>', whom)
    .addHelpText('after', examples('user show ada@example.com'))
    .action(
      reporting((who: string) =>
        withServer(async ({ database, services }) => {
          const user = await findUser(database, who);
          return describeUser(user, await services.ownSessions.countSessions(user.id));
        }),
      ),
    );
}

function describeUser(user: FoundUser, sessions: number): Report {
  const { id, email, displayName, username, status, locale, timezone, version } = user;
  const { emailVerifiedAt, suspendedUntil, suspendedFor, createdAt, updatedAt } = user;
  const [roles, permissions, lastSeenAt] = [
    roleKeys(user),
    permissionsOfUser(user),
    lastSeen(user),
  ];
  const identity = { id, email, displayName, username, status };
  const times = { emailVerifiedAt, suspendedUntil, suspendedFor, createdAt, updatedAt, lastSeenAt };
  return {
    data: { ...identity, locale, timezone, version, ...times, roles, permissions, sessions },
    text: details({
      id,
      address: email,
      confirmed: moment(emailVerifiedAt),
      name: displayName,
      username: username ?? '-',
      status: suspendedUntil === null ? status : `${status} until ${moment(suspendedUntil)}`,
      ...(suspendedFor !== null && { 'suspended for': suspendedFor }),
      roles: roles.join(' ') || '-',
      permissions: permissions.join(' ') || '-',
      created: moment(createdAt),
      changed: moment(updatedAt),
      'last seen': moment(lastSeenAt),
      sessions: String(sessions),
    }),
  };
}

function sessionsCommand(): Command {
  return new Command('sessions')
    .description('list the running sessions of a user, newest first, at most 100')
    .argument('<user>', whom)
    .addHelpText('after', examples('user sessions ada@example.com --json'))
    .action(
      reporting((who: string) =>
        withServer(async ({ database, services }) => {
          const { id: userId } = await findUser(database, who);
          const page = await services.ownSessions.listSessions(userId, { first: 100 }, {});
          const data = page.edges.map(({ node }) => ({
            id: node.id,
            createdAt: node.createdAt,
            lastUsedAt: node.lastUsedAt,
            expiresAt: node.expiresAt,
            ipAddress: node.ipAddress,
            userAgent: node.userAgent,
            deviceLabel: node.deviceLabel,
          }));
          const rows = data.map((session) => [
            session.id,
            moment(session.createdAt),
            moment(session.lastUsedAt),
            session.ipAddress ?? '-',
            session.deviceLabel ?? session.userAgent ?? '-',
          ]);
          return { data, text: table(['SESSION', 'BEGUN', 'LAST USED', 'FROM', 'DEVICE'], rows) };
        }),
      ),
    );
}
