import { createCursorSeal } from '../../src/platform/cursor-seal.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { secretKey } from './test-app.ts';

/** The seal of the cursors that the instances of the tests give out. */
export const testSeal = createCursorSeal(createKeyring(secretKey, null));
