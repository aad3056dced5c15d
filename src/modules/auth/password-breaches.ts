import { createHash } from 'node:crypto';
import { describeFault } from '../../platform/fault.ts';
import type { Log } from '../../platform/log.ts';
import { normalizePassword } from '../../platform/password-text.ts';

/** Tells whether a password is known from a breach; says no, with a line in the log, while it cannot find out. */
export type FindBreach = (password: string) => Promise<boolean>;

const deadlineMs = 1500;
const mostBytes = 1024 * 1024;
const prefixDigits = 5;

/**
 * Looks passwords up in a range service, as Have I Been Pwned runs one: it is told the first 5
 * digits of the SHA-1, and answers the rest of all that it knows.
 */
export function createBreachLookup(url: string, log: Log): FindBreach {
  return async (password) => {
    const sha1 = createHash('sha1').update(normalizePassword(password)).digest('hex').toUpperCase();
    try {
      const range = await readRange(`${url}/${sha1.slice(0, prefixDigits)}`);
      return (range.get(sha1.slice(prefixDigits)) ?? 0) > 0;
    } catch (error) {
      // The address that was asked is left out, since it holds a part of the hash.
      const { type, code } = describeFault(error);
      log.warn(
        { type, code },
        'Breached passwords could not be looked up; the password was not refused.',
      );
      return false;
    }
  };
}

/** Reads how often each is known, by the digits after the prefix; 0 for those that only fill up the answer. */
async function readRange(address: string): Promise<Map<string, number>> {
  const response = await fetch(address, {
    headers: { 'Add-Padding': 'true' },
    redirect: 'error',
    signal: AbortSignal.timeout(deadlineMs),
  });
  const text = await readText(response);
  if (!response.ok) throw new Error(`The range service answered ${response.status}`);
  const rows = [...text.matchAll(/^([0-9A-F]{35}):(\d+)\r?$/gim)];
  if (rows.length === 0) throw new Error('The range service answered no range');
  return new Map(rows.map(([, rest = '', count]) => [rest.toUpperCase(), Number(count)]));
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > mostBytes) throw new Error('The range service answered too much');
  }
  return text;
}
