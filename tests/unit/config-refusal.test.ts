import { describe, expect, it } from 'vitest';
import { refusalOf } from '../support/configuration-refusal.ts';

describe('a refusal', () => {
  const environment = {
    HOST: '0.0.0.0',
    PORT: 'http',
    LOG_LEVEL: 'loud',
    CORS_ORIGINS: '*',
    SECRET_KEY: 'short',
    ADMIN_EMAIL: 'ada@example.com',
  };

  it('lists every problem at once, each variable once', () => {
    expect(refusalOf(environment).problems.map(({ variable }) => variable)).toEqual([
      'PORT',
      'LOG_LEVEL',
      'SECRET_KEY',
      'DATABASE_URL',
      'CORS_ORIGINS',
      'PUBLIC_URL',
      'ADMIN_PASSWORD',
    ]);
  });

  it('keeps the most basic problem of a variable', () => {
    const { problems } = refusalOf({
      NODE_ENV: 'production',
      SECRET_KEY_PREVIOUS: 'k'.repeat(32),
      DATABASE_DIRECT_URL: 'postgres://h/d',
    });
    expect(problems.map(({ variable }) => variable)).toEqual(['DATABASE_URL', 'SECRET_KEY']);
    expect(problems.every(({ expected }) => expected.includes('in production'))).toBe(true);
  });

  it('says what was expected, with an example, and why this is production', () => {
    const { message, problems } = refusalOf(environment);
    expect(message).toContain('counts as production: HOST is not a loopback address.');
    for (const { variable, expected, example } of problems) {
      expect(message).toContain(
        `  ${variable}\n    expected ${expected}\n    for example: ${example}`,
      );
      expect(example.startsWith(`${variable}=`)).toBe(true);
    }
  });

  it('says nothing of production in development', () => {
    expect(refusalOf({ PORT: 'http' }).message).not.toContain('production');
  });
});
