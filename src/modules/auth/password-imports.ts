import { type BinaryLike, pbkdf2, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import bcrypt from 'bcrypt';

/** Compares a password, as it was typed, with one stored hash; off the event loop. */
export type Comparison = (password: string) => Promise<boolean>;

/** The most work that the hash of another system may ask for: whoever brings one chooses its cost. */
const most = { bcryptCost: 13, scryptMemory: 2 ** 20, scryptWork: 2 ** 21, iterations: 2_000_000 };

const derivePbkdf2 = promisify(pbkdf2);
const deriveScrypt: (
  password: BinaryLike,
  salt: BinaryLike,
  bytes: number,
  options: ScryptOptions,
) => Promise<Buffer> = promisify(scrypt);

/**
 * Reads a hash that another system made: bcrypt, or scrypt or PBKDF2 with SHA-256 or SHA-512 as PHC
 * strings, passlib and Django write them. Null for any other, and for one that asks for too much.
 */
export function readImportedHash(hash: string): Comparison | null {
  return readBcrypt(hash) ?? readScrypt(hash) ?? readPbkdf2(hash);
}

/** Reads `$2b$12$…`; bcrypt takes 72 bytes of a password, of which any may be NUL, and no more. */
function readBcrypt(hash: string): Comparison | null {
  const [, cost, rest] = /^\$2[aby]\$(\d\d)(\$[./A-Za-z0-9]{53})$/.exec(hash) ?? [];
  if (cost === undefined || !isWithin(cost, 4, most.bcryptCost)) return null;
  // The letters name repairs of other libraries; for text the three are one algorithm.
  return (password) => bcrypt.compare(password, `$2b$${cost}${rest}`);
}

/** Reads `$scrypt$ln=16,r=8,p=1$salt$hash` (RFC 7914). */
function readScrypt(hash: string): Comparison | null {
  const [, ln = '', r = '', p = '', ...stored] =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/.]+)\$([\w+/.]+)$/.exec(hash) ?? [];
  const [salt, expected] = stored.map(decode);
  // RFC 7914 §6 wants N below 2^(16 r).
  if (!(isWithin(r, 1, 32) && isWithin(p, 1, 16) && isWithin(ln, 1, 16 * Number(r) - 1)))
    return null;
  const [N, blockSize, parallelization] = [2 ** Number(ln), Number(r), Number(p)];
  const memory = N * blockSize;
  if (memory > most.scryptMemory || memory * parallelization > most.scryptWork) return null;
  const options = { N, blockSize, parallelization, maxmem: 256 * (memory + 1024) };
  return compareDerived(salt, expected, (password, from, bytes) =>
    deriveScrypt(password, from, bytes, options),
  );
}

/** Reads `$pbkdf2-sha256$i=600000$salt$hash`, passlib's the same without `i=`, and Django's `pbkdf2_sha256$600000$salt$hash`. */
function readPbkdf2(hash: string): Comparison | null {
  const phc =
    /^\$pbkdf2-(sha256|sha512)\$(?:i=)?(\d{1,7})(?:,l=\d+)?\$([\w+/.]+)\$([\w+/.]+)$/.exec(hash);
  const django = /^pbkdf2_(sha256|sha512)\$(\d{1,7})\$([^$]+)\$([\w+/]+=*)$/.exec(hash);
  const [, digest = '', iterations = '', salt = '', expected = ''] = phc ?? django ?? [];
  if (!isWithin(iterations, 1, most.iterations)) return null;
  // Django's salt is text, not the writing of bytes.
  const from = phc ? decode(salt) : Buffer.from(salt);
  return compareDerived(from, decode(expected), (password, by, bytes) =>
    derivePbkdf2(password, by, Number(iterations), bytes, digest),
  );
}

/** Compares with what is derived from salt and password, where both are of a length to be taken seriously. */
function compareDerived(
  salt: Buffer | undefined,
  expected: Buffer | undefined,
  derive: (password: string, salt: Buffer, bytes: number) => Promise<Buffer>,
): Comparison | null {
  if (salt === undefined || expected === undefined) return null;
  if (salt.length > 128 || expected.length < 16 || expected.length > 64) return null;
  return async (password) =>
    timingSafeEqual(await derive(password, salt, expected.length), expected);
}

/** Reads base64, also as passlib writes it, with `.` for `+`. */
function decode(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
}

function isWithin(digits: string, least: number, most: number): boolean {
  return digits !== '' && Number(digits) >= least && Number(digits) <= most;
}
