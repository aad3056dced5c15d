import { requireRecentProof } from '../auth/step-up.ts';
import type { Viewer } from '../role/viewer.ts';

/** Whoever changes an account; of viewers it counts, too, how recently they proved who they are. */
export type Editor = Viewer | 'operator';

/**
 * Throws StepUpRequiredError where an editor proved who they are longer ago than that. For whatever
 * gives lasting access: roles, and the address that a password is reset by.
 */
export function requireProof(editor: Editor, maxAgeSeconds: number): void {
  if (editor !== 'operator') requireRecentProof(editor, maxAgeSeconds);
}
