import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://latchkey:pw@127.0.0.1:5432/latchkey',
  SECRET_KEY: 'k'.repeat(32),
};

describe('an empty environment', () => {
  it('gives a development server on the embedded database', () => {
    expect(loadConfig({}, false)).toEqual({
      mode: 'development',
      host: '127.0.0.1',
      port: 4000,
      workers: 1,
      publicUrl: 'http://127.0.0.1:4000',
      appUrl: 'http://127.0.0.1:4000',
      corsOrigins: [],
      trustedProxyHops: 0,
      requestBodyBytes: 1_048_576,
      uploadMaxBytes: 5_242_880,
      shutdownGraceSeconds: 8,
      introspection: true,
      graphiql: true,
      operationLimits: {
        documentBytes: 32_768,
        tokens: 2000,
        depth: 10,
        aliases: 30,
        directives: 50,
        listItems: 200,
        cost: 10_000,
        validationErrors: 10,
      },
      clientLimits: { operationsPerMinute: 1200, liveConnections: 100 },
      userLimits: { liveConnections: 50, liveCost: 20_000 },
      webSockets: { maxOperations: 100, messageBytes: 131_072, initTimeoutMs: 5000 },
      log: { level: 'info', format: 'json' },
      dataDir: resolve('.data'),
      database: { kind: 'embedded', dataDir: resolve('.data/database') },
      eventRetention: { days: 30, events: 1_000_000 },
      redisUrl: null,
      secretKey: null,
      previousSecretKey: null,
      firstAdmin: null,
      signUpEnabled: true,
      signUpLifetimeSeconds: 86_400,
      passwords: {
        minLength: 15,
        hashing: { memoryKib: 19_456, iterations: 2, parallelism: 1 },
        maxWaiting: 64,
        breachedUrl: null,
      },
      signInFloorMs: 500,
      stepUpSeconds: 600,
      tokens: { algorithm: 'EdDSA', keyDays: 90, accessTokenSeconds: 600 },
      sessions: { refreshReuse: 'window', idleSeconds: 2_592_000, absoluteSeconds: 7_776_000 },
      smtpUrl: null,
      mailLanguage: 'en',
      mailFrom: 'Latchkey <no-reply@localhost>',
    });
  });

  it('is what empty and blank variables amount to', () => {
    const blank = { HOST: '', PORT: ' ', DATABASE_URL: '', SECRET_KEY: '\t', NODE_ENV: '' };
    expect(loadConfig(blank, false)).toEqual(loadConfig({}, false));
  });

  it('is what unknown variables amount to', () => {
    expect(loadConfig({ PATH: '/bin', LATCHKEY: '1' }, false)).toEqual(loadConfig({}, false));
  });
});

describe('production', () => {
  it('needs no more than a database and a key', () => {
    const config = loadConfig(production, true);
    expect(config.mode).toBe('production');
    expect(config.secretKey).toBe(production.SECRET_KEY);
    expect(config.log.format).toBe('json');
    expect(config.introspection).toBe(false);
    expect(config.graphiql).toBe(false);
  });

  it('may run on the embedded database when told to', () => {
    const { DATABASE_URL: _, ...rest } = production;
    const config = loadConfig({ ...rest, EMBEDDED_DATABASE: 'true', DATA_DIR: '/srv/latchkey' });
    expect(config.database).toEqual({
      kind: 'embedded',
      dataDir: join('/srv/latchkey', 'database'),
    });
  });

  it('closes sign-up where no mail can be sent', () => {
    expect(loadConfig(production).signUpEnabled).toBe(false);
    expect(loadConfig({ ...production, SMTP_URL: 'smtp://mail:25' }).signUpEnabled).toBe(true);
    const closed = { ...production, SMTP_URL: 'smtp://mail:25', SIGN_UP_ENABLED: 'false' };
    expect(loadConfig(closed).signUpEnabled).toBe(false);
  });

  it('can have introspection switched on', () => {
    expect(loadConfig({ ...production, INTROSPECTION: 'true' }).introspection).toBe(true);
  });
});

describe('values', () => {
  it.each([
    [{ PUBLIC_URL: 'http://LOCALHOST:80/' }, { publicUrl: 'http://localhost' }],
    [
      { HOST: '::1', PORT: '0' },
      { publicUrl: 'http://[::1]:0', port: 0 },
    ],
    [{ HOST: 'localhost', PORT: '80' }, { publicUrl: 'http://localhost' }],
    [
      { APP_URL: 'https://app.example.com/account//' },
      { appUrl: 'https://app.example.com/account' },
    ],
    [{ APP_URL: 'http://127.0.0.1:3000/' }, { appUrl: 'http://127.0.0.1:3000' }],
    [{ ...production, WORKERS: '3' }, { workers: 3 }],
    [{ ...production, WORKERS: ' auto ' }, { workers: availableParallelism() }],
    [{ CORS_ORIGINS: '*' }, { corsOrigins: ['*'] }],
    [
      { CORS_ORIGINS: 'https://a.example, http://b.example:8080,https://a.example' },
      { corsOrigins: ['https://a.example', 'http://b.example:8080'] },
    ],
    [{ TRUSTED_PROXY_HOPS: '2' }, { trustedProxyHops: 2 }],
    [{ MAIL_FROM: '"Ex, Inc." <a@b.example>' }, { mailFrom: '"Ex, Inc." <a@b.example>' }],
    [{ SECRET_KEY: `${'k'.repeat(32)}\n` }, { secretKey: 'k'.repeat(32) }],
    [{ DATA_DIR: 'memory://x' }, { dataDir: resolve('memory:/x') }],
    [{ LOG_LEVEL: 'silent', LOG_FORMAT: 'pretty' }, { log: { level: 'silent', format: 'pretty' } }],
    [{ REDIS_URL: 'redis://localhost' }, { redisUrl: 'redis://localhost' }],
    [
      { ADMIN_EMAIL: ' ada@example.com ', ADMIN_PASSWORD: ' fifteen letters ' },
      { firstAdmin: { email: 'ada@example.com', password: ' fifteen letters ' } },
    ],
    [
      { SECRET_KEY: 'a'.repeat(32), SECRET_KEY_PREVIOUS: 'b'.repeat(32) },
      { secretKey: 'a'.repeat(32), previousSecretKey: 'b'.repeat(32) },
    ],
  ])('%j is read as %j', (environment, expected) => {
    expect(loadConfig(environment)).toMatchObject(expected);
  });

  it('names the sender after the public host', () => {
    const environment = { ...production, PUBLIC_URL: 'https://id.example.com' };
    expect(loadConfig(environment).mailFrom).toBe('Latchkey <no-reply@id.example.com>');
  });

  it('logs for a person only in development and at a terminal', () => {
    expect(loadConfig({}, true).log.format).toBe('pretty');
    expect(loadConfig({ LOG_FORMAT: 'json' }, true).log.format).toBe('json');
    expect(loadConfig({ ...production, LOG_FORMAT: 'pretty' }, false).log.format).toBe('pretty');
  });
});

it('is frozen all the way down', () => {
  const thawed: string[] = [];
  const visit = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return;
    if (!Object.isFrozen(value)) thawed.push(path);
    for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
  };
  const admin = { ADMIN_EMAIL: 'ada@example.com', ADMIN_PASSWORD: 'fifteen letters' };
  visit(loadConfig({ ...admin, CORS_ORIGINS: 'https://a.example' }), 'config');
  visit(loadConfig(production), 'config');
  expect(thawed).toEqual([]);
});
