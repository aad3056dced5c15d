import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mail } from '../../src/platform/mail/mail.ts';
import { openOutbox } from '../../src/platform/mail/outbox-transport.ts';

let directory = '';
let now = 0;
const clock = () => new Date(now);

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'outbox-')), 'outbox');
  now = Date.UTC(2026, 10, 21);
});

afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

function mailNumber(number: number): Mail {
  now += 1000;
  return {
    to: 'ada@example.org',
    subject: `Mail ${number}`,
    text: 'Hello.',
    html: '<p>Hello.</p>',
    messageId: `<${number}@latchkey.example>`,
  };
}

describe('the development outbox', () => {
  it('is empty before the first mail', async () => {
    const outbox = openOutbox(directory, clock);
    expect(await outbox.list()).toEqual([]);
    expect(await outbox.find('0'.repeat(32))).toBeNull();
  });

  it('keeps mails, the newest first, and finds each by its id', async () => {
    const outbox = openOutbox(directory, clock);
    const first = mailNumber(1);
    await outbox.send(first);
    await outbox.send(mailNumber(2));
    const mails = await openOutbox(directory, clock).list();
    expect(mails.map(({ subject }) => subject)).toEqual(['Mail 2', 'Mail 1']);
    expect(mails[1]).toMatchObject({ ...first, sentAt: '2026-11-21T00:00:01.000Z' });
    expect(await outbox.find(mails[1]?.id ?? '')).toEqual(mails[1]);
  });

  it('keeps a mail that is sent twice once, as it was first sent', async () => {
    const outbox = openOutbox(directory, clock);
    await outbox.send(mailNumber(1));
    const kept = await outbox.list();
    await outbox.send(mailNumber(1));
    expect(await outbox.list()).toEqual(kept);
  });

  it('keeps the newest 200', async () => {
    const outbox = openOutbox(directory, clock);
    for (let number = 1; number <= 203; number++) await outbox.send(mailNumber(number));
    const subjects = (await outbox.list()).map(({ subject }) => subject);
    expect(subjects).toHaveLength(200);
    expect(subjects[0]).toBe('Mail 203');
    expect(subjects.at(-1)).toBe('Mail 4');
  });

  it('lets nobody else read it, and leaves no unfinished file', async () => {
    const outbox = openOutbox(directory, clock);
    await outbox.send(mailNumber(1));
    const [name, ...others] = await readdir(directory);
    expect(others).toEqual([]);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, name ?? ''))).mode & 0o777).toBe(0o600);
  });

  it.each(['../../etc/passwd', '..', '', 'ABC', `${'0'.repeat(32)}/x`])(
    'finds nothing under the id %j',
    async (id) => {
      expect(await openOutbox(directory, clock).find(id)).toBeNull();
    },
  );

  it('refuses what could not be sent by SMTP either', async () => {
    const outbox = openOutbox(directory, clock);
    const mail = { ...mailNumber(1), subject: 'Hi\r\nBcc: eve@example.org' };
    await expect(outbox.send(mail)).rejects.toMatchObject({ permanent: true });
    expect(await outbox.list()).toEqual([]);
  });

  it('says that a directory which cannot be made may be mended', async () => {
    await writeFile(directory, 'in the way');
    await chmod(directory, 0o600);
    await expect(openOutbox(directory, clock).send(mailNumber(1))).rejects.toMatchObject({
      name: 'MailError',
      permanent: false,
    });
  });
});
