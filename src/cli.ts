import { Command } from 'commander';
import { badConfigurationExitCode, ConfigurationError } from './config/configuration-error.ts';
import { loadConfig, readEnvironment } from './config.ts';

const program = new Command('latchkey').description('Looks after a Latchkey server.');

program
  .command('config')
  .description(
    'check the configuration that a start here would use; exits with 78 if it is refused',
  )
  .action(() => {
    try {
      const { mode, publicUrl, database } = loadConfig(readEnvironment());
      process.stdout.write(`${JSON.stringify({ mode, publicUrl, database: database.kind })}\n`);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = badConfigurationExitCode;
    }
  });

await program.parseAsync();
