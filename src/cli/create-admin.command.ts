import { Command } from 'commander';
import { createAdministrator } from '../modules/administration/create-administrator.ts';
import { displayNameRule, emailRule } from '../modules/user/user.rules.ts';
import { systemClock } from '../platform/clock.ts';
import { MisuseError } from './command-errors.ts';
import { withChangingServer } from './open-server.ts';
import { readPassword } from './password-input.ts';
import { examples, reporting } from './reporting.ts';

interface CreateOptions {
  name: string;
  passwordFile?: string;
}

/** Builds the command that makes an administrator. */
export function createAdminCommand(): Command {
  return new Command('create-admin')
    .description('make an account with every permission, whose address counts as confirmed')
    .argument('<address>', 'their e-mail address')
    .option('--name <name>', 'what others see', 'Administrator')
    .option(
      '--password-file <file>',
      'read the password from there; else it is asked for, or read from standard input',
    )
    .addHelpText(
      'after',
      examples(
        'create-admin root@example.com --name "Grace Hopper"',
        'create-admin root@example.com --password-file /run/secrets/admin-password',
      ),
    )
    .action(
      reporting(async (address: string, { name, passwordFile }: CreateOptions) => {
        const email = emailRule.safeParse(address).data;
        const displayName = displayNameRule.safeParse(name).data;
        if (email === undefined) throw new MisuseError('This is not an e-mail address.');
        if (displayName === undefined) throw new MisuseError('This cannot be a name.');
        const password = await readPassword(passwordFile);
        return withChangingServer(async (server) => {
          const account = { email, displayName, password };
          const id = await createAdministrator({ ...server, clock: systemClock }, account);
          return { data: { id, email }, text: `${email} is an administrator now.` };
        });
      }),
    );
}
