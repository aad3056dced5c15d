import { z } from 'zod';
import type { Change, Notice } from '../../platform/unit-of-work.ts';

/** Where instances tell one another whose access has changed. */
export const accessChannel = 'latchkey_access';

const accessSubject = z.union([
  z.strictObject({ sessionId: z.guid() }),
  z.strictObject({ userId: z.guid() }),
  z.literal('everybody'),
]);

/** Whose access changed: one session, all of a user, or everybody's. */
export type AccessSubject = z.infer<typeof accessSubject>;

/** Writes the notice that the access of a subject has changed. */
export function accessNotice(subject: AccessSubject): Notice {
  return { channel: accessChannel, payload: JSON.stringify(subject) };
}

/** Reads a notice; one that cannot be read, as of another version, concerns everybody. */
export function readAccessNotice(payload: string): AccessSubject {
  try {
    return accessSubject.parse(JSON.parse(payload));
  } catch {
    return 'everybody';
  }
}

/**
 * Makes every instance read anew, from the commit on, what it keeps about the subject. For whatever
 * narrows access and must hold at once; what widens it is seen within seconds by itself.
 */
export function announceAccessChange(
  { notify }: Pick<Change, 'notify'>,
  subject: AccessSubject,
): void {
  notify(accessNotice(subject));
}
