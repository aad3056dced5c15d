import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { letterKinds } from '../../src/modules/auth/mails/sample-letters.ts';
import { runCli as runIn } from '../support/run-cli.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'latchkey-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

const runCli = (parameters: string[], env?: Record<string, string>) =>
  runIn(parameters, env, directory);

describe('cli config', () => {
  it('says as JSON what a start would be', async () => {
    const { exitCode, output, errors } = await runCli(['config', '--json'], { PORT: '4100' });
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(JSON.parse(output)).toEqual({
      mode: 'development',
      publicUrl: 'http://127.0.0.1:4100',
      database: 'embedded',
    });
  });

  it('says nothing secret of a production server', async () => {
    const { exitCode, output, errors } = await runCli(['config', '--json'], {
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

  it('says it to people in lines', async () => {
    const { output } = await runCli(['config'], { PORT: '4100' });
    expect(output).toMatch(/^publicUrl +http:\/\/127\.0\.0\.1:4100$/m);
  });

  it('reads the .env file of where it runs', async () => {
    await writeFile(join(directory, '.env'), 'PORT=4200\n');
    const { output } = await runCli(['config', '--json']);
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

describe('cli mail preview', () => {
  it('shows every mail without configuration or database', async () => {
    const { exitCode, output, errors } = await runCli(['mail', 'preview'], { PORT: 'none' });
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    const subjects = output.match(/^Subject: .+$/gm) ?? [];
    expect(subjects).toContain('Subject: Choose a new password');
    expect(subjects).toHaveLength(letterKinds.length);
  });

  it('shows one in another language, as text or as HTML', async () => {
    const german = ['mail', 'preview', 'sign-in-code', '--language', 'de'];
    expect((await runCli(german)).output).toMatch(/^Subject: Ihr Anmeldecode\n[\s\S]+\n042424\n/);
    const { output } = await runCli([...german, '--html']);
    expect(output).toMatch(/^<!doctype html>\n<html lang="de"/);
  });

  it('writes both forms of each into a folder', async () => {
    const { output } = await runCli(['mail', 'preview', '--out', 'mails/new']);
    const files = letterKinds.flatMap((kind) => [`${kind}.en.html`, `${kind}.en.txt`]);
    expect((await readdir(join(directory, 'mails/new'))).toSorted()).toEqual(files.toSorted());
    expect(output.trim().split('\n').toSorted()).toEqual(
      files.map((file) => join('mails/new', file)).toSorted(),
    );
  });

  it.each([[['no-such-mail']], [['welcome', '--language', 'xx']], [['--html', '--text']]])(
    'refuses what there is not: %j',
    async (parameters) => {
      const { exitCode, output, errors } = await runCli(['mail', 'preview', ...parameters]);
      expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
      expect(errors).toMatch(/^error: /);
    },
  );
});

describe('cli', () => {
  it.each([['--help'], ['help']])('describes its commands: %s', async (parameter) => {
    const { exitCode, output, errors } = await runCli([parameter]);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output).toMatch(/^Usage: latchkey /);
    expect(output).toMatch(/^ {2}config \[options\] +check the configuration/m);
    expect(output).toMatch(/^ {2}keys +look after the keys/m);
  });

  it('prints the schema as it is committed', async () => {
    const committed = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
    const { exitCode, output } = await runCli(['schema', 'print'], { PORT: 'none' });
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: committed });
  });

  it.each([[['no-such-command']], [['config', '--no-such-option']]])(
    'refuses what it does not know, without a stack: %j',
    async (parameters) => {
      const { exitCode, output, errors } = await runCli(parameters);
      expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
      expect(errors).toMatch(/^error: unknown (command|option) '.+'\n$/);
    },
  );
});
