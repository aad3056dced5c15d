import { createProgram } from './cli/program.ts';
import { runCommand } from './cli/run.ts';

process.exitCode = await runCommand(createProgram(), process.argv.slice(2));
