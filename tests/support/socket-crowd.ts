import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Many sockets to one server, held by a process of their own: it may open files of its own, too. */
export interface SocketCrowd {
  /** Sends a text over one of them. */
  say(text: string): void;
  /** Resolves with the text that one of them was sent once each was sent one with this in it. */
  told(part: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens so many sockets, which take turns in what they say; each message is to be answered once. */
export async function openCrowd(
  url: string,
  count: number,
  greetings: readonly (readonly object[])[] = [[]],
): Promise<SocketCrowd> {
  const crowd = fork(join(import.meta.dirname, 'socket-crowd-process.ts'));
  const exited = once(crowd, 'exit');
  const heard = async (): Promise<string> => {
    const ended = exited.then(() => ['The crowd has ended.', true]);
    const [text, isOver] = await Promise.race([once(crowd, 'message'), ended]);
    if (isOver === true) throw new Error(text);
    return text;
  };
  const opened = heard();
  crowd.send({ url, count, greetings });
  await opened;
  return {
    say: (text) => void crowd.send({ say: text }),
    async told(part) {
      const answer = heard();
      crowd.send({ part });
      return answer;
    },
    async close() {
      crowd.kill('SIGKILL');
      await exited;
    },
  };
}

/** Reads how long a process of this machine has kept processors busy, in milliseconds. */
export async function busyMs(pid: number): Promise<number> {
  const [, fields = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) * msPerTick;
}

const msPerTick = 10;
