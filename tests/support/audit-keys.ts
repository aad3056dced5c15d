import { createKeyRotation } from '../../src/modules/auth/signing-key-rotation.ts';
import { openSigningKeys, type SigningKeys } from '../../src/modules/auth/signing-keys.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import { secretKey } from './test-app.ts';

/** Makes the first signing key of a database without an instance, and opens it. */
export async function openFirstKey(database: Database, clock: Clock): Promise<SigningKeys> {
  const tokens = { algorithm: 'EdDSA', keyDays: 90, accessTokenSeconds: 600 } as const;
  const keyring = createKeyring(secretKey, null);
  const aftermath = { onEvents() {}, onNotice() {} };
  const commit = createCommit(database, { enqueue: async () => {} }, aftermath);
  const publishedSeconds = 0;
  await createKeyRotation({ commit, keyring, clock, tokens, publishedSeconds }).prepare();
  return openSigningKeys({ database, keyring, clock, tokens });
}
