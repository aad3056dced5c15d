import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import bcrypt from 'bcrypt';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createPasswordHasher,
  type PasswordHasher,
} from '../../src/modules/auth/password-hasher.ts';

const cost = { memoryKib: 1024, iterations: 1, parallelism: 1 };
const maxWaiting = 3;
let hasher: PasswordHasher;
beforeAll(async () => {
  hasher = await createPasswordHasher(cost, maxWaiting);
});
afterEach(() => vi.restoreAllMocks());

const cheap = { memoryCost: 1024, timeCost: 1, parallelism: 1 };

describe('a hash of its own', () => {
  it('is argon2id of the normal form, with a salt of its own', async () => {
    const [one, other] = [await hasher.hash('ﬁve ½'), await hasher.hash('ﬁve ½')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=1024,p=1,t=1\$/);
    expect(one).not.toBe(other);
    expect(await argon2.verify(one, 'five 1⁄2')).toBe(true);
    expect(await hasher.verify(one, 'five 1⁄2')).toBe(true);
    expect(await hasher.verify(one, 'Five 1⁄2')).toBe(false);
  });

  it.each([
    ['the same', 'id', {}, false],
    ['more memory', 'id', { memoryCost: 2048 }, true],
    ['more passes', 'id', { timeCost: 2 }, true],
    ['more lanes', 'id', { parallelism: 2 }, true],
    ['another kind', 'i', {}, true],
    ['an older version', 'id', { version: 0x10 }, true],
  ] as const)('of %s is made anew: %s', async (_, kind, options, expected) => {
    const type = kind === 'id' ? argon2.argon2id : argon2.argon2i;
    const stored = await argon2.hash('a password', { ...cheap, ...options, type });
    expect(hasher.needsRehash(stored, 'a password')).toBe(expected);
    expect(await hasher.verify(stored, 'a password')).toBe(true);
  });
});

// Made by Python's hashlib and libxcrypt; the last two are in the documentation of passlib.
const typed = 'pässwörd ﬁve';
const imported = [
  [typed, '$2b$04$abcdefghijklmnopqrstuuxEi/pvOeGOmYISI.ZrLUI23SI18b8te'],
  [typed, '$2a$04$abcdefghijklmnopqrstuuxEi/pvOeGOmYISI.ZrLUI23SI18b8te'],
  [typed, '$2y$04$abcdefghijklmnopqrstuuxEi/pvOeGOmYISI.ZrLUI23SI18b8te'],
  [
    typed,
    '$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$ZPr+4dyyFFcloYOWId3tVSPecPZA39rRjqu5XDP31+g',
  ],
  [
    typed,
    '$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$i8MLf+odTrNEkXxf4WN7G8ReDQILMAbXtsap28LP7No',
  ],
  [
    typed,
    '$pbkdf2-sha256$i=1000,l=32$AAECAwQFBgcICQoLDA0ODw$i8MLf+odTrNEkXxf4WN7G8ReDQILMAbXtsap28LP7No',
  ],
  [
    typed,
    '$pbkdf2-sha512$i=1000$AAECAwQFBgcICQoLDA0ODw$zDQv3RixTWo55JpcYJKxDsxu/QXR4YCVIo+H9hAZaobP9Nv7BL9nEmOb6QfAwODG/+jEBtHkGvob0Fwz7nhFQQ',
  ],
  [
    typed,
    '$pbkdf2-sha512$1000$AAECAwQFBgcICQoLDA0ODw$zDQv3RixTWo55JpcYJKxDsxu/QXR4YCVIo.H9hAZaobP9Nv7BL9nEmOb6QfAwODG/.jEBtHkGvob0Fwz7nhFQQ',
  ],
  [typed, 'pbkdf2_sha256$1000$saltOfDjango$t61DZVm79cHZKPSHmBIo6inQP2N8uWcAUEP+i/Wyc1I='],
  [
    'password',
    '$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M',
  ],
  [
    'password',
    '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
  ],
] as const;

describe('an imported hash', () => {
  it.each(imported)('takes the password as it was typed: %s, %s', async (password, stored) => {
    expect(await hasher.verify(stored, password)).toBe(true);
    expect(await hasher.verify(stored, `${password} `)).toBe(false);
    expect(hasher.needsRehash(stored, password)).toBe(true);
  });

  it('of bcrypt stays where more was typed than it has read', () => {
    const stored = '$2b$04$abcdefghijklmnopqrstuuIX7bEZgJZ5mYTOcA9pXn7sQFDxXxXxX';
    expect(hasher.needsRehash(stored, 'ü'.repeat(36))).toBe(true);
    expect(hasher.needsRehash(stored, `${'ü'.repeat(36)}.`)).toBe(false);
  });

  it.each(imported.filter(([password]) => password === typed))(
    'does not take another form of it: %s, %s',
    async (password, stored) => {
      expect(await hasher.verify(stored, password.normalize('NFKC'))).toBe(false);
    },
  );

  it('of bcrypt counts 72 bytes, NUL among them', async () => {
    const long = await bcrypt.hash(`${'x'.repeat(72)}one end`, 4);
    expect(await hasher.verify(long, `${'x'.repeat(72)}another end`)).toBe(true);
    expect(await hasher.verify(long, 'x'.repeat(71))).toBe(false);
    const split = await bcrypt.hash('before\0after', 4);
    expect(await hasher.verify(split, 'before\0after')).toBe(true);
    expect(await hasher.verify(split, 'before')).toBe(false);
    expect(await hasher.verify(split, 'before\0something else')).toBe(false);
  });
});

const salt = 'AAECAwQFBgcICQoLDA0ODw';
const code = 'i8MLf+odTrNEkXxf4WN7G8ReDQILMAbXtsap28LP7No';

describe('a hash that asks for too much or cannot be read', () => {
  it.each([
    ['bcrypt of cost 15', '$2b$15$abcdefghijklmnopqrstuuxEi/pvOeGOmYISI.ZrLUI23SI18b8te'],
    ['bcrypt of cost 31', '$2b$31$abcdefghijklmnopqrstuuxEi/pvOeGOmYISI.ZrLUI23SI18b8te'],
    ['bcrypt of cost 3', '$2b$03$abcdefghijklmnopqrstuuxEi/pvOeGOmYISI.ZrLUI23SI18b8te'],
    ['bcrypt with its old fault', '$2x$04$abcdefghijklmnopqrstuuxEi/pvOeGOmYISI.ZrLUI23SI18b8te'],
    ['bcrypt, cut short', '$2b$04$abcdefghijklmnopqrstuuxEi/pvOeGOmYISI'],
    ['scrypt over 256 MiB', `$scrypt$ln=18,r=8,p=1$${salt}$${code}`],
    ['scrypt over 128 MiB 16 times', `$scrypt$ln=17,r=8,p=16$${salt}$${code}`],
    ['scrypt over 2 to the 99 blocks', `$scrypt$ln=99,r=8,p=1$${salt}$${code}`],
    ['scrypt without memory', `$scrypt$ln=0,r=8,p=1$${salt}$${code}`],
    ['scrypt of blocks of nothing', `$scrypt$ln=10,r=0,p=1$${salt}$${code}`],
    ['scrypt of more blocks than there can be', `$scrypt$ln=16,r=1,p=1$${salt}$${code}`],
    ['PBKDF2 of 2,000,001 rounds', `$pbkdf2-sha256$i=2000001$${salt}$${code}`],
    ['PBKDF2 of no round', `$pbkdf2-sha256$i=0$${salt}$${code}`],
    ['PBKDF2 with MD5', `$pbkdf2-md5$i=1000$${salt}$${code}`],
    ['PBKDF2 of 3 bytes', `$pbkdf2-sha256$i=1000$${salt}$i8ML`],
    ['PBKDF2 of 66 bytes', `$pbkdf2-sha256$i=1000$${salt}$${'AAAA'.repeat(22)}`],
    ['PBKDF2 with a salt of 129 bytes', `$pbkdf2-sha256$i=1000$${'AAAA'.repeat(43)}$${code}`],
    ['argon2id over 2 GiB', `$argon2id$v=19$m=2097152,t=1,p=1$${salt}$${code}`],
    ['argon2id of 2 passes over 1 GiB', `$argon2id$v=19$m=1048576,t=2,p=1$${salt}$${code}`],
    ['argon2id of 17 lanes', `$argon2id$v=19$m=1024,t=1,p=17$${salt}$${code}`],
    ['argon2id of no pass', `$argon2id$v=19$m=1024,t=0,p=1$${salt}$${code}`],
    ['argon2id of no lane', `$argon2id$v=19$m=1024,t=1,p=0$${salt}$${code}`],
    ['argon2id of too little memory', `$argon2id$v=19$m=7,t=1,p=1$${salt}$${code}`],
    ['argon2id that leaves its passes out', `$argon2id$v=19$m=1024,p=1,p=1$${salt}$${code}`],
    ['argon2id without a salt', `$argon2id$v=19$m=1024,t=1,p=1$$${code}`],
    ['another algorithm', '$6$rounds=5000$saltsalt$abcdefgh'],
    ['a text', 'a password'],
    ['nothing', ''],
  ])('%s fits no password, at the cost of an account that is not there', async (_, stored) => {
    const verify = vi.spyOn(argon2, 'verify');
    const costOf = async (hash: string | null) => {
      verify.mockClear();
      expect(await hasher.verify(hash, typed)).toBe(false);
      return verify.mock.calls.map(([decoy]) => decoy);
    };
    const decoys = await costOf(null);
    expect(decoys).toHaveLength(1);
    expect(await costOf(stored)).toEqual(decoys);
  });
});

describe('the queue', () => {
  it.each([
    ['alone', 1, Math.max(1, availableParallelism() - 1)],
    ['one of as many processes as cores', availableParallelism(), 1],
  ])(
    'refuses, before any work, what it cannot hold, %s: RATE_LIMITED',
    async (_, share, atOnce) => {
      const places = atOnce + maxWaiting;
      const { hash: hashOne } = await createPasswordHasher(cost, maxWaiting, share);
      const hash = vi.spyOn(argon2, 'hash');
      const flood = Array.from({ length: places + 5 }, () => hashOne('a password'));
      const outcomes = await Promise.allSettled(flood);
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      expect(outcomes.slice(0, places).map(({ status }) => status)).not.toContain('rejected');
      expect(refused).toHaveLength(5);
      expect(refused[0]).toMatchObject({
        reason: { code: 'RATE_LIMITED', scope: 'SERVER', retryAfterSeconds: 2 },
      });
      expect(hash).toHaveBeenCalledTimes(places);
    },
  );

  it('takes more once those that waited are done', async () => {
    for (let count = 0; count < 10; count++) await hasher.verify(null, 'a password');
  });
});
