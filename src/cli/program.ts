import { Command } from 'commander';
import { auditCommand } from './audit.command.ts';
import { configCommand } from './config.command.ts';
import { createAdminCommand } from './create-admin.command.ts';
import { jobsCommand } from './jobs.command.ts';
import { keysCommand } from './keys.command.ts';
import { mailCommand } from './mail.command.ts';
import { roleCommand } from './role.command.ts';
import { schemaCommand } from './schema.command.ts';
import { userCommand } from './user.command.ts';

const closing = `
Exit codes: 0 it is done, 1 it could not be done, 2 the command was not called as it has to be,
78 the configuration cannot be used. docs/guides/command-line.md describes every command.`;

/** Puts the commands together. */
export function createProgram(): Command {
  const program = new Command('latchkey')
    .description('Looks after a Latchkey server.')
    .addHelpText('after', closing);
  for (const command of [
    configCommand(),
    createAdminCommand(),
    userCommand(),
    roleCommand(),
    keysCommand(),
    auditCommand(),
    jobsCommand(),
    mailCommand(),
    schemaCommand(),
  ]) {
    program.addCommand(command);
  }
  prepare(program);
  return program;
}

/** Has errors of calling thrown instead of ending the process, and lets all that act speak JSON. */
function prepare(command: Command): void {
  command.exitOverride();
  command.configureOutput({ outputError: (message, write) => write(withoutValues(message)) });
  if (command.commands.length === 0) command.option('--json', 'print JSON instead of text');
  command.commands.forEach(prepare);
}

/** Leaves out what was given where nothing is expected: somebody may have meant it for a password. */
function withoutValues(message: string): string {
  return message
    .replace(/(but got \d+): .*/s, '$1.\n')
    .replace(/(unknown option '[^=']*)=.*'/s, "$1'");
}
