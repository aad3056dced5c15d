import { Command } from 'commander';
import type { SigningKey } from '../generated/prisma/client.ts';
import { serverOrigin } from '../platform/origin.ts';
import { withChangingServer, withServer } from './open-server.ts';
import { examples, reporting } from './reporting.ts';
import { details, moment, table } from './text.ts';

/** Builds the commands about the keys that access tokens are signed with. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('look after the keys that access tokens are signed with')
    .addCommand(listCommand())
    .addCommand(rotateCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('list the keys, oldest first')
    .addHelpText('after', examples('keys list', 'keys list --json'))
    .action(
      reporting(() =>
        withServer(async ({ database }) => {
          const rows = await database.prisma.signingKey.findMany({ orderBy: { signsFrom: 'asc' } });
          const data = rows.map((key) => ({
            kid: key.id,
            algorithm: key.algorithm,
            state: stateOf(key, new Date()),
            signsFrom: key.signsFrom,
            retiredAt: key.retiredAt,
          }));
          const text = table(
            ['KEY', 'ALGORITHM', 'STATE', 'SIGNS FROM', 'RETIRED'],
            data.map(({ kid, algorithm, state, signsFrom, retiredAt }) => [
              kid,
              algorithm,
              state,
              moment(signsFrom),
              moment(retiredAt),
            ]),
          );
          return { data, text };
        }),
      ),
    );
}

function stateOf({ signsFrom, retiredAt }: SigningKey, now: Date): string {
  if (signsFrom > now) return 'waits';
  return retiredAt === null || retiredAt > now ? 'signs' : 'retired';
}

function rotateCommand(): Command {
  return new Command('rotate')
    .description('make the next key, which takes over some minutes later')
    .option('--compromised', 'remove all keys so far: what they have signed is refused at once')
    .addHelpText('after', examples('keys rotate', 'keys rotate --compromised'))
    .action(
      reporting(({ compromised = false }: { compromised?: boolean }) =>
        withChangingServer(async ({ rotation }) => {
          const { kid, signsFrom } = await rotation.rotate(serverOrigin('cli'), compromised);
          const data = { kid, signsFrom };
          return { data, text: details({ 'new key': kid, 'signs from': moment(signsFrom) }) };
        }),
      ),
    );
}
