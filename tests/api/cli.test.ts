import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const script = [join(root, 'scripts/run.cjs'), join(root, 'src/cli.ts')];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'latchkey-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs what `npm run cli --` does, in a directory and an environment of its own. */
function runCli(parameters: string[], env: Record<string, string> = {}) {
  return new Promise<{ exitCode: unknown; output: string; errors: string }>((resolve) => {
    execFile(
      process.execPath,
      [...script, ...parameters],
      { cwd: directory, env },
      (error, output, errors) => resolve({ exitCode: error?.code ?? 0, output, errors }),
    );
  });
}

describe('cli config', () => {
  it('says as JSON what a start would be', async () => {
    const { exitCode, output, errors } = await runCli(['config'], { PORT: '4100' });
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(JSON.parse(output)).toEqual({
      mode: 'development',
      publicUrl: 'http://127.0.0.1:4100',
      database: 'embedded',
    });
  });

  it('says nothing secret of a production server', async () => {
    const { exitCode, output, errors } = await runCli(['config'], {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://latchkey:open-sesame@db.example/latchkey',
      SECRET_KEY: 'a secret key of more than thirty-two bytes',
      PUBLIC_URL: 'https://accounts.example.com',
    });
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(JSON.parse(output)).toEqual({
      mode: 'production',
      publicUrl: 'https://accounts.example.com',
      database: 'postgres',
    });
  });

  it('reads the .env file of where it runs', async () => {
    await writeFile(join(directory, '.env'), 'PORT=4200\n');
    const { output } = await runCli(['config']);
    expect(JSON.parse(output)).toMatchObject({ publicUrl: 'http://127.0.0.1:4200' });
  });

  it('names every problem and no value, and exits with 78', async () => {
    const { exitCode, output, errors } = await runCli(['config'], {
      NODE_ENV: 'production',
      PORT: 'four thousand',
      SECRET_KEY: 'guessable',
    });
    expect({ exitCode, output }).toEqual({ exitCode: 78, output: '' });
    for (const variable of ['PORT', 'SECRET_KEY', 'DATABASE_URL']) {
      expect(errors).toMatch(new RegExp(`^ {2}${variable}$`, 'm'));
    }
    expect(errors).not.toMatch(/four thousand|guessable|^\s+at /m);
  });
});

describe('cli', () => {
  it.each([['--help'], ['help']])('describes its commands: %s', async (parameter) => {
    const { exitCode, output, errors } = await runCli([parameter]);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output).toMatch(/^Usage: latchkey /);
    expect(output).toMatch(/^ {2}config +check the configuration/m);
  });

  it.each([[['no-such-command']], [['config', '--no-such-option']]])(
    'refuses what it does not know, without a stack: %j',
    async (parameters) => {
      const { exitCode, output, errors } = await runCli(parameters);
      expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
      expect(errors).toMatch(/^error: unknown (command|option) '.+'\n$/);
    },
  );
});
