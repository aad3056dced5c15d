import { readdir, readFile } from 'node:fs/promises';
import { busyMs } from '../../tests/support/socket-crowd.ts';

/** Reads how long a process and those that it has started kept processors busy, in milliseconds. */
export async function treeBusyMs(pid: number): Promise<number> {
  return await sumUp(pid, busyMs);
}

/** Reads how much memory a process and those that it has started hold resident, in bytes. */
export async function treeResidentBytes(pid: number): Promise<number> {
  return await sumUp(pid, async (each) => {
    const status = await readFile(`/proc/${each}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  });
}

async function sumUp(pid: number, read: (pid: number) => Promise<number>): Promise<number> {
  let sum = await read(pid);
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const children = await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8');
    for (const child of children.split(' ').filter(Boolean))
      sum += await sumUp(Number(child), read);
  }
  return sum;
}
