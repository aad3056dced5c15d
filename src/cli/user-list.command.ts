import { Command, InvalidArgumentError, Option } from 'commander';
import { UserStatus } from '../generated/prisma/enums.ts';
import { type UserFilter, userFilterRules } from '../modules/user/users.rules.ts';
import { MisuseError } from './command-errors.ts';
import { type FoundUser, lastSeen, roleKeys, withRoles } from './find-user.ts';
import { type Server, withServer } from './open-server.ts';
import { publicMessage } from './public-message.ts';
import { createProgress, examples, reporting } from './reporting.ts';
import { moment, table } from './text.ts';

interface ListOptions {
  search?: string;
  role?: string;
  status?: UserStatus;
  limit: number;
}

const pageSize = 100;
const newestFirst = { by: 'CREATED_AT', direction: 'DESC' } as const;

/** Builds the command that lists users. */
export function userListCommand(): Command {
  return new Command('list')
    .description('list users, newest first')
    .option('--search <text>', 'those with this in the name or the address')
    .option('--role <key>', 'those who have this role')
    .addOption(
      new Option('--status <status>', 'those of this status').choices(Object.values(UserStatus)),
    )
    .addOption(
      new Option('--limit <count>', 'at most so many').argParser(readLimit).default(pageSize),
    )
    .addHelpText('after', examples('user list --search lovelace', 'user list --role admin --json'))
    .action(
      reporting((options: ListOptions) => {
        const filter = readFilter(options);
        return withServer(async ({ services }) => {
          const users = await listUsers(services, filter, options.limit);
          const data = users.map((user) => ({
            id: user.id,
            email: user.email,
            displayName: user.displayName,
            status: user.status,
            roles: roleKeys(user),
            createdAt: user.createdAt,
            lastSeenAt: lastSeen(user),
          }));
          const rows = data.map((user) => [
            user.email,
            user.displayName,
            user.status,
            user.roles.join(' '),
            moment(user.createdAt),
            moment(user.lastSeenAt),
          ]);
          const headings = ['ADDRESS', 'NAME', 'STATUS', 'ROLES', 'CREATED', 'LAST SEEN'];
          return { data, text: table(headings, rows) };
        });
      }),
    );
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}

function readFilter({ search, role, status }: ListOptions): UserFilter {
  const read = userFilterRules.safeParse({ search, role, ...(status && { status: [status] }) });
  if (read.success) return read.data;
  throw new MisuseError(publicMessage(read.error) ?? 'The filter cannot be read.');
}

async function listUsers(
  { users }: Server['services'],
  filter: UserFilter,
  limit: number,
): Promise<FoundUser[]> {
  const progress = createProgress('Users');
  const found: FoundUser[] = [];
  let after: string | null = null;
  do {
    const first = Math.min(pageSize, limit - found.length);
    const page = await users.listUsers(filter, newestFirst, { first, after }, withRoles);
    found.push(...page.edges.map(({ node }) => node as FoundUser));
    progress.tell(found.length);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null && found.length < limit);
  progress.end();
  return found;
}
