import { StepUpRequiredError } from '../../platform/errors.ts';
import type { Viewer } from '../role/viewer.ts';

/** Throws StepUpRequiredError where the viewer proved who they are longer ago than that. */
export function requireRecentProof(
  { proofAgeMs }: Pick<Viewer, 'proofAgeMs'>,
  maxAgeSeconds: number,
): void {
  if (proofAgeMs > maxAgeSeconds * 1000) throw new StepUpRequiredError(maxAgeSeconds);
}
