import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CommandError, MisuseError } from './command-errors.ts';

/**
 * Reads a password from a file, from standard input, or on a terminal by asking for it twice
 * without showing it; never from the parameters, which others see in the list of processes.
 */
export async function readPassword(file: string | undefined): Promise<string> {
  if (file !== undefined) return firstLine(await readPasswordFile(file));
  if (!process.stdin.isTTY) return firstLine(await text(process.stdin));
  const password = await askHidden('Password: ');
  if (password !== (await askHidden('Once more: '))) {
    throw new CommandError('The two are not the same. Nothing was done.');
  }
  return password;
}

async function readPasswordFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CommandError('The file with the password cannot be read.', { cause });
  }
}

function firstLine(content: string): string {
  const [line = ''] = content.split(/\r?\n/, 1);
  if (line === '') throw new MisuseError('A password is expected there, on the first line.');
  return line;
}

async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const interruption = new AbortController();
  lines.once('SIGINT', () => interruption.abort());
  process.stderr.write(question);
  try {
    return await lines.question('', { signal: interruption.signal });
  } catch (cause) {
    throw new CommandError('Nothing was done.', { cause });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
