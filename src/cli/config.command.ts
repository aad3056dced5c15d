import { Command } from 'commander';
import { readConfig } from './open-server.ts';
import { examples, reporting } from './reporting.ts';
import { details } from './text.ts';

/** Builds the command that checks the configuration. */
export function configCommand(): Command {
  return new Command('config')
    .description('check the configuration that a start here would use')
    .addHelpText('after', examples('config'))
    .action(
      reporting(() => {
        const { mode, publicUrl, database } = readConfig();
        const data = { mode, publicUrl, database: database.kind };
        return { data, text: details(data) };
      }),
    );
}
