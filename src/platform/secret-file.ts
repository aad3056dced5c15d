import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf } from './error-code.ts';

const keyBytes = 32;

/** The file of the secret key holds less than a key. */
export class SecretFileError extends Error {
  override name = 'SecretFileError';

  constructor(path: string) {
    super(`${path} holds no key. Put the key back, or delete the data directory.`);
  }
}

/**
 * Reads the secret key that a development server keeps in its data directory; the first start
 * draws it. Only this account may read the file. Production brings its own key instead. Throws
 * SecretFileError where the file holds less than a key.
 */
export async function readOrDrawSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret-key');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const kept = await readFile(path, 'utf8').catch(ifMissing);
  if (kept === null) await draw(path);
  const secret = kept ?? (await readFile(path, 'utf8'));
  if (Buffer.byteLength(secret) < keyBytes) {
    throw new SecretFileError(path);
  }
  return secret;
}

/** Writes a key whole or not at all, and never over one that is there. */
async function draw(path: string): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.tmp`;
  const secret = randomBytes(keyBytes).toString('base64url');
  await writeFile(unfinished, secret, { mode: 0o600, flush: true });
  try {
    await link(unfinished, path).catch((error: unknown) => {
      if (errorCodeOf(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { force: true });
  }
}

function ifMissing(error: unknown): null {
  if (errorCodeOf(error) === 'ENOENT') return null;
  throw error;
}
