import { sampleAccounts } from '../../prisma/seed.ts';

/** What a client sends or gets that no log may ever show. */
const secretKeys =
  /^(password|currentPassword|newPassword|token|accessToken|refreshToken|connectionToken)$/;

/** Shapes that are secret wherever they come from: signed and refresh tokens, hashes, mailed links. */
const secretShapes = /eyJ[\w-]+\.eyJ[\w-]+|lkr_[\w-]{20}|\$argon2|\$2[aby]\$|#token=/;

// Shorter ones are found in anything; the six digits of a code are looked for by its own tests.
const shortestTelling = 9;

const used = new Set<string>();
// A development server announces it.
const published = new Set(sampleAccounts.map(({ password }) => password));

/** Remembers the secrets among what a test sends or gets, at any depth. */
export function noteSecrets(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    if (typeof part !== 'string') noteSecrets(part);
    else if (secretKeys.test(key) && part.length >= shortestTelling && !published.has(part))
      used.add(part);
  }
}

/** Begins anew, for another test file: what one used in secret another may show. */
export function forgetSecrets(): void {
  used.clear();
}

/** Throws when a log shows a secret that this test file used, or anything of the shape of one. */
export function requireNoSecrets(log: string): void {
  const shape = secretShapes.exec(log)?.[0];
  const leaked = [...used].filter((secret) => log.includes(secret));
  if (shape !== undefined) leaked.push(shape);
  if (leaked.length > 0) throw new Error(`The log shows secrets: ${leaked.join(', ')}`);
}
