import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SettingName, settings } from '../../src/config/settings.ts';
import { refusalOf } from '../support/configuration-refusal.ts';

/** Writes an error in every way in which it may reach a log. */
function appearances(error: unknown): string {
  return [
    String(error),
    error instanceof Error ? `${error.message}\n${error.stack}\n${String(error.cause)}` : '',
    JSON.stringify(error),
    inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
  ].join('\n');
}

const planted = 'pl4nted-s3cret';
const unreadable: [SettingName, string][] = [
  ['SECRET_KEY', planted],
  ['SECRET_KEY_PREVIOUS', planted],
  ['ADMIN_PASSWORD', planted],
  ['DATABASE_URL', `postgres://u:${planted}#@h/d`],
  ['DATABASE_DIRECT_URL', `postgres://u:${planted}@h/d?sslcert=x`],
  ['REDIS_URL', `http://u:${planted}@h`],
  ['SMTP_URL', `smtp://u:${planted}@h:99999`],
  ['PUBLIC_URL', `https://u:${planted}@h`],
  ['CORS_ORIGINS', `https://u:${planted}@h`],
  ['PORT', planted],
  ['LOG_LEVEL', planted],
];

describe('a refusal never repeats what it found', () => {
  it.each(unreadable)('in %s', (variable, value) => {
    const told = appearances(refusalOf({ [variable]: value }));
    expect(told).toContain(variable);
    expect(told).not.toContain(planted);
  });

  it('in secrets that are right, while something else is wrong', () => {
    const key = `${planted}-${planted}-${planted}`;
    const told = appearances(
      refusalOf({
        PORT: 'x',
        SECRET_KEY: key,
        SECRET_KEY_PREVIOUS: key,
        DATABASE_URL: `postgres://u:${planted}@h/d`,
        EMBEDDED_DATABASE: 'true',
        REDIS_URL: `redis://:${planted}@h`,
        SMTP_URL: `smtp://u:${planted}@h`,
        ADMIN_PASSWORD: `${planted}-and-more`,
      }),
    );
    expect(told).not.toContain(planted);
  });

  it('in any variable', () => {
    const marker = fc.stringMatching(/^[a-z]{12}[0-9]{12}$/);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(settings)), marker, (variable, text) => {
        const told = appearances(refusalOf({ CORS_ORIGINS: 'x', [variable]: `${text}#` }));
        expect(told).not.toContain(text);
      }),
    );
  });
});

it('marks as secret whatever can hold a key or a password', () => {
  const secret = Object.entries(settings).filter(([, setting]) => setting.secret);
  expect(secret.map(([name]) => name).sort()).toEqual([
    'ADMIN_PASSWORD',
    'DATABASE_DIRECT_URL',
    'DATABASE_URL',
    'REDIS_URL',
    'SECRET_KEY',
    'SECRET_KEY_PREVIOUS',
    'SMTP_URL',
  ]);
});
