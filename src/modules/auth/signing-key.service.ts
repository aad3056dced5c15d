import type { PeriodicWork } from '../../platform/jobs/periodic.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Viewer } from '../role/viewer.ts';
import type { KeyRotation } from './signing-key-rotation.ts';
import { requireRecentProof } from './step-up.ts';

/** Lets administrators replace the signing keys. */
export interface SigningKeyService {
  /** Makes the next key; throws StepUpRequiredError. See `KeyRotation`. */
  rotate(origin: Origin, viewer: Viewer, compromised: boolean): Promise<void>;
}

/** Opens the service; nothing of it checks the permission. */
export function createSigningKeyService(parts: {
  rotation: KeyRotation;
  stepUpSeconds: number;
}): SigningKeyService {
  const { rotation, stepUpSeconds } = parts;
  return {
    async rotate(origin, viewer, compromised) {
      requireRecentProof(viewer, stepUpSeconds);
      await rotation.rotate(origin, compromised);
    },
  };
}

const checkIntervalMs = 3_600_000;

/** Describes how it is looked every hour whether the next key is due. */
export function periodicRotation(rotation: Pick<KeyRotation, 'rotateIfDue'>): PeriodicWork {
  return {
    work: rotation.rotateIfDue,
    intervalMs: checkIntervalMs,
    onFault: 'Signing keys could not be looked after.',
  };
}
