import { describe, expect, it } from 'vitest';
import { settings } from '../../src/config/settings.ts';
import { refusedVariables } from '../support/configuration-refusal.ts';

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://127.0.0.1/latchkey',
  SECRET_KEY: 'k'.repeat(32),
};
const admin = { ADMIN_EMAIL: 'ada@example.com', ADMIN_PASSWORD: 'fifteen letters' };

describe('production refuses', () => {
  it.each([
    ['no database', { DATABASE_URL: undefined }, 'DATABASE_URL'],
    [
      'no database where the embedded one is not allowed',
      { DATABASE_URL: '', EMBEDDED_DATABASE: 'false' },
      'DATABASE_URL',
    ],
    ['no key', { SECRET_KEY: undefined }, 'SECRET_KEY'],
    ['an empty key', { SECRET_KEY: '' }, 'SECRET_KEY'],
    ['a key of white space', { SECRET_KEY: ' '.repeat(40) }, 'SECRET_KEY'],
    ['a short key', { SECRET_KEY: 'k'.repeat(31) }, 'SECRET_KEY'],
    ['a short previous key', { SECRET_KEY_PREVIOUS: 'k'.repeat(31) }, 'SECRET_KEY_PREVIOUS'],
    ['wildcard CORS', { CORS_ORIGINS: '*' }, 'CORS_ORIGINS'],
    ['wildcard CORS in a list', { CORS_ORIGINS: 'https://a.example,*' }, 'CORS_ORIGINS'],
    ['plain http', { PUBLIC_URL: 'http://id.example.com' }, 'PUBLIC_URL'],
    ['plain http in capitals', { PUBLIC_URL: 'HTTP://id.example.com' }, 'PUBLIC_URL'],
    ['plain http to a look-alike', { PUBLIC_URL: 'http://127.0.0.1.nip.io' }, 'PUBLIC_URL'],
    ['plain http to every address', { PUBLIC_URL: 'http://0.0.0.0:4000' }, 'PUBLIC_URL'],
    ['an open host without a public URL', { HOST: '0.0.0.0' }, 'PUBLIC_URL'],
    ['an open IPv6 host without a public URL', { HOST: '::' }, 'PUBLIC_URL'],
    ['links over plain http', { APP_URL: 'http://app.example.com/x' }, 'APP_URL'],
    ['sign-up without mail', { SIGN_UP_ENABLED: 'true' }, 'SMTP_URL'],
    ['too little memory', { PASSWORD_HASH_MEMORY_KIB: '19455' }, 'PASSWORD_HASH_MEMORY_KIB'],
    ['too few iterations', { PASSWORD_HASH_ITERATIONS: '1' }, 'PASSWORD_HASH_MEMORY_KIB'],
  ])('%s', (_, change, variable) => {
    expect(refusedVariables({ ...production, ...change })).toEqual([variable]);
  });
});

describe('production accepts', () => {
  it.each([
    ['the embedded database when told to', { DATABASE_URL: '', EMBEDDED_DATABASE: 'true' }],
    ['plain http on this machine', { PUBLIC_URL: 'http://localhost:4000' }],
    ['plain http to ::1', { PUBLIC_URL: 'http://[::1]:4000' }],
    ['an open host with a public URL', { HOST: '0.0.0.0', PUBLIC_URL: 'https://id.example.com' }],
    ['a key of 32 bytes in fewer characters', { SECRET_KEY: 'ü'.repeat(16) }],
    [
      'less memory with more iterations',
      { PASSWORD_HASH_MEMORY_KIB: '7168', PASSWORD_HASH_ITERATIONS: '5' },
    ],
    [
      'more memory with fewer iterations',
      { PASSWORD_HASH_MEMORY_KIB: '47104', PASSWORD_HASH_ITERATIONS: '1' },
    ],
    ['a first admin', admin],
  ])('%s', (_, change) => {
    expect(refusedVariables({ ...production, ...change })).toEqual([]);
  });
});

describe('development', () => {
  it.each(['https://id.example.com', 'http://192.168.1.5:4000', 'https://10.0.0.1'])(
    'refuses to be reached at %s',
    (PUBLIC_URL) => {
      expect(refusedVariables({ PUBLIC_URL })).toEqual(['PUBLIC_URL']);
    },
  );

  it('accepts wildcard CORS and cheap hashing', () => {
    const cheap = { PASSWORD_HASH_MEMORY_KIB: '1024', PASSWORD_HASH_ITERATIONS: '1' };
    expect(refusedVariables({ CORS_ORIGINS: '*', ...cheap })).toEqual([]);
  });
});

describe('every start refuses', () => {
  it.each([
    ['two databases', { ...production, EMBEDDED_DATABASE: 'true' }, 'EMBEDDED_DATABASE'],
    ['several processes on the embedded database', { WORKERS: '2' }, 'WORKERS'],
    ['a process for each core on the embedded database', { WORKERS: 'auto' }, 'WORKERS'],
    ['a direct URL alone', { DATABASE_DIRECT_URL: 'postgres://h/d' }, 'DATABASE_URL'],
    ['a previous key alone', { SECRET_KEY_PREVIOUS: 'k'.repeat(32) }, 'SECRET_KEY'],
    [
      'the same key twice',
      { SECRET_KEY: 'k'.repeat(32), SECRET_KEY_PREVIOUS: ` ${'k'.repeat(32)}` },
      'SECRET_KEY_PREVIOUS',
    ],
    ['the published key', { SECRET_KEY: settings.SECRET_KEY.example }, 'SECRET_KEY'],
    [
      'the published previous key',
      { SECRET_KEY: 'k'.repeat(32), SECRET_KEY_PREVIOUS: settings.SECRET_KEY.example },
      'SECRET_KEY_PREVIOUS',
    ],
    ['an admin without password', { ADMIN_EMAIL: admin.ADMIN_EMAIL }, 'ADMIN_PASSWORD'],
    ['an admin without address', { ADMIN_PASSWORD: admin.ADMIN_PASSWORD }, 'ADMIN_EMAIL'],
    ['a short password', { ...admin, ADMIN_PASSWORD: 'fourteen chars' }, 'ADMIN_PASSWORD'],
    [
      'a password shorter than asked of others',
      { ...admin, PASSWORD_MIN_LENGTH: '16' },
      'ADMIN_PASSWORD',
    ],
    [
      'a password that is long in UTF-16 only',
      { ...admin, ADMIN_PASSWORD: '😀'.repeat(14) },
      'ADMIN_PASSWORD',
    ],
    [
      'the published password',
      { ...admin, ADMIN_PASSWORD: settings.ADMIN_PASSWORD.example },
      'ADMIN_PASSWORD',
    ],
    [
      'a session that idles longer than it lives',
      { SESSION_IDLE_SECONDS: '601', SESSION_ABSOLUTE_SECONDS: '600' },
      'SESSION_IDLE_SECONDS',
    ],
    [
      'an access token that outlives an idle session',
      { SESSION_IDLE_SECONDS: '600', ACCESS_TOKEN_SECONDS: '601' },
      'ACCESS_TOKEN_SECONDS',
    ],
  ])('%s', (_, environment, variable) => {
    expect(refusedVariables(environment)).toEqual([variable]);
  });
});
