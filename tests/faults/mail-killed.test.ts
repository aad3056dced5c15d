import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSilentServer, startSmtpServer } from '../support/smtp-server.ts';

let dataDir = '';
const closers: (() => unknown)[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mail-killed-'));
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await rm(dataDir, { recursive: true, force: true });
});

function startProcess(url: string, task: 'commit' | 'deliver'): ChildProcess {
  const script = join(import.meta.dirname, '../support/mail-process.ts');
  const child = spawn(process.execPath, [script, dataDir, url, task], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closers.push(() => kill(child));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function printed(child: ChildProcess, expected: string): Promise<void> {
  if (!child.stdout) throw new Error('The process has no output.');
  for await (const line of createInterface(child.stdout)) if (line === expected) return;
  throw new Error(`The process ended before it printed ${expected}.`);
}

describe('a mail whose process is killed', { timeout: 60_000 }, () => {
  it('is delivered by the next process, whether killed after the commit or while sending', async () => {
    const silent = await startSilentServer();
    closers.push(silent.close);
    const server = await startSmtpServer();
    closers.push(server.close);
    const silentUrl = `smtp://127.0.0.1:${silent.port}`;

    const committing = startProcess(silentUrl, 'commit');
    await printed(committing, 'committed');
    await kill(committing);

    const sending = startProcess(silentUrl, 'deliver');
    await printed(sending, 'delivering');
    await kill(sending);

    startProcess(server.url, 'deliver');
    const [mail] = await server.received(1);
    expect(mail?.recipients).toEqual(['ada@example.org']);
  });
});
