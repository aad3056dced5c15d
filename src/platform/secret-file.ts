import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const keyBytes = 32;

/**
 * Reads the secret key that a development server keeps in its data directory; the first start
 * draws it. Only this account may read the file. Production brings its own key instead.
 */
export async function readOrDrawSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret-key');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const drawn = randomBytes(keyBytes).toString('base64url');
  // `wx` fails when the file exists, so that a key in use is never replaced.
  await writeFile(path, drawn, { mode: 0o600, flag: 'wx', flush: true }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  return readFile(path, 'utf8');
}
