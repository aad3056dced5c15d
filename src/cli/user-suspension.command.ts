import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { suspensionReasonRule } from '../modules/administration/administration.rules.ts';
import { serverOrigin } from '../platform/origin.ts';
import { findUser, whom } from './find-user.ts';
import { withChangingServer } from './open-server.ts';
import { examples, reporting } from './reporting.ts';
import { moment } from './text.ts';

interface SuspendOptions {
  reason: string;
  until?: Date;
}

const origin = serverOrigin('cli');

/** Builds the command that keeps a user out. */
export function userSuspendCommand(): Command {
  return new Command('suspend')
    .description('end all sessions of a user, at once on every instance, and let them in no more')
    .argument('<user>', whom)
    .requiredOption('--reason <text>', 'why, for administrators; the user is not told', readReason)
    .option('--until <time>', 'when it ends by itself, e.g. 2027-01-31T12:00:00Z', readMoment)
    .addHelpText(
      'after',
      examples(
        'user suspend ada@example.com --reason "Sends spam."',
        'user suspend ada@example.com --reason "Lost device" --until 2027-01-31T12:00:00Z',
      ),
    )
    .action(
      reporting((who: string, { reason, until }: SuspendOptions) =>
        withChangingServer(async ({ database, services }) => {
          const { id } = await findUser(database, who);
          const user = await services.administration.suspend(
            origin,
            'operator',
            id,
            { reason, until },
            {},
          );
          const { email, status, suspendedUntil } = user;
          const end = suspendedUntil === null ? '' : ` until ${moment(suspendedUntil)}`;
          return {
            data: { id, email, status, suspendedUntil },
            text: `${email} is suspended${end}.`,
          };
        }),
      ),
    );
}

function readReason(text: string): string {
  const reason = suspensionReasonRule.safeParse(text);
  if (reason.success) return reason.data;
  throw new InvalidArgumentError(reason.error.issues[0]?.message ?? '');
}

function readMoment(text: string): Date {
  const read = z.iso.datetime({ offset: true }).safeParse(text);
  if (read.success) return new Date(read.data);
  throw new InvalidArgumentError('It must be a time in RFC 3339.');
}

/** Builds the command that lets a user in again. */
export function userRestoreCommand(): Command {
  return new Command('restore')
    .description('let a suspended user in again')
    .argument('<user>', whom)
    .addHelpText('after', examples('user restore ada@example.com'))
    .action(
      reporting((who: string) =>
        withChangingServer(async ({ database, services }) => {
          const { id } = await findUser(database, who);
          const user = await services.administration.restore(origin, 'operator', id, {});
          const { email, status } = user;
          return { data: { id, email, status }, text: `${email} is ${status} now.` };
        }),
      ),
    );
}
