import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { errorCodeOf } from '../error-code.ts';
import { assertSendable, type Mail, MailError, type MailTransport } from './mail.ts';

/** A mail in the development outbox. */
export interface OutboxMail extends Mail {
  /** Names the mail in the outbox: 32 hexadecimal digits. */
  id: string;
  /** When it was first sent, ISO 8601. */
  sentAt: string;
}

/** Keeps mails as files instead of sending them, for development. */
export interface Outbox extends MailTransport {
  /** Lists the mails, newest first. */
  list(): Promise<OutboxMail[]>;
  /** Reads one mail; null when there is none with this id. */
  find(id: string): Promise<OutboxMail | null>;
}

const capacity = 200;

/**
 * Opens the outbox in `directory`, which only this account may read; the first mail creates it.
 *
 * A mail that is sent twice is kept once, and of all mails the newest 200 are kept.
 */
export function openOutbox(directory: string, clock: Clock): Outbox {
  const pathOf = (id: string) => join(directory, `${id}.json`);
  const find = async (id: string) =>
    /^[0-9a-f]{32}$/.test(id) ? readMail(pathOf(id)) : Promise.resolve(null);
  const list = async () => {
    const mails = await Promise.all((await idsIn(directory)).map(find));
    return mails.filter((mail) => mail !== null).sort(newestFirst);
  };
  const removeSurplus = async () => {
    // Most of the time there is none, and nothing is read.
    if ((await idsIn(directory)).length <= capacity) return;
    const surplus = (await list()).slice(capacity);
    await Promise.all(surplus.map(({ id }) => rm(pathOf(id), { force: true })));
  };
  return {
    list,
    find,
    async send(mail) {
      assertSendable(mail);
      const id = createHash('sha256').update(mail.messageId).digest('hex').slice(0, 32);
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        if (await find(id)) return;
        await writeWhole(pathOf(id), { ...mail, id, sentAt: clock().toISOString() });
        await removeSurplus();
      } catch (error) {
        const code = errorCodeOf(error) ?? 'UNKNOWN';
        throw new MailError('The outbox cannot be written.', code, false, error);
      }
    },
    close: () => {},
  };
}

async function writeWhole(path: string, mail: OutboxMail): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(unfinished, JSON.stringify(mail, null, 2), { mode: 0o600, flush: true });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function readMail(path: string): Promise<OutboxMail | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function idsIn(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function newestFirst(one: OutboxMail, other: OutboxMail): number {
  return other.sentAt.localeCompare(one.sentAt) || other.id.localeCompare(one.id);
}
