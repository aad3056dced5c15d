import { describe, expect, it } from 'vitest';
import { type SettingName, settings } from '../../src/config/settings.ts';
import { refusedVariables } from '../support/configuration-refusal.ts';

const notNumbers = [
  '-1',
  '+5',
  '1.5',
  '1e3',
  '0x10',
  '007',
  '1 0',
  '1,000',
  'NaN',
  'Infinity',
  '٤٢',
];
const notFlags = ['1', '0', 'yes', 'no', 'on', 'TRUE', 'True', 'truefalse'];
const notPostgres = [
  'latchkey',
  'mysql://u:p@h/d',
  'prisma+postgres://h/d',
  'postgres://',
  'postgres:///d',
  'postgres://h',
  'postgres://h/',
  'postgres://h/d/e',
  'postgres://a,b/d',
  'postgres://u:p#w@h/d',
  'postgres://h/d#fragment',
  'postgres://h:99999/d',
  'postgres://u:%ff@h/d',
  'postgres://h/d?ssl=false',
  'postgres://h/d?sslrootcert=/etc/passwd',
  'postgres://h/d?SSLMODE=disable',
  'postgres://h/d?sslmode=off',
  'postgres://h/d?sslmode=verify-full&sslmode=disable',
  'postgres://h/d?uselibpqcompat=true&sslmode=require',
  'postgres://h/d?host=a&host=b',
];
const notWeb = [
  'accounts.example.com',
  '//accounts.example.com',
  'https:accounts.example.com',
  'https:///accounts.example.com',
  'https://',
  'https://u:p@accounts.example.com',
  'https://u@accounts.example.com',
  'https://accounts.example.com?a=b',
  'https://accounts.example.com#a',
  'https://accounts.example.com:99999',
  'https://*.example.com',
  'https://exa mple.com',
  'https://a.example\\@b.example',
  'https://a.example\nb',
  'ftp://accounts.example.com',
  'javascript:alert(1)',
  'file:///etc/passwd',
];
const notService = ['localhost:25', 'http://h', '//h', 'h', 'x://h:1', 'h:25#'];

const hostile: Partial<Record<SettingName, string[]>> = {
  HOST: [
    'http://localhost',
    'localhost:4000',
    '[::1]',
    '127.1',
    '0',
    '2130706433',
    '*',
    'a b',
    'a..b',
    '-a',
    '256.1.1.1',
    'a/b',
    `${'a'.repeat(64)}.b`,
  ],
  PORT: [...notNumbers, '65536', '99999999999999999999', '4000/tcp'],
  PUBLIC_URL: [...notWeb, 'https://accounts.example.com/auth', 'https://accounts.example.com//'],
  APP_URL: notWeb,
  CORS_ORIGINS: [
    'null',
    '*,https://a.example',
    'https://a.example/',
    'https://a.example/path',
    'https://A.example',
    'https://a.example:443',
    'http://a.example:80',
    'https://*.example',
    'https://a.example https://b.example',
    'https://a.example,',
    ',',
    'a.example',
    'file://',
    'https://u@a.example',
    'https://bücher.example',
    '/^https:/',
  ],
  TRUSTED_PROXY_HOPS: [...notNumbers, '11', 'true', 'loopback'],
  REQUEST_BODY_BYTES: [...notNumbers, '0', '1023', '16777217', '1mb'],
  SHUTDOWN_GRACE_SECONDS: [...notNumbers, '0', '301', '8s'],
  INTROSPECTION: notFlags,
  LOG_LEVEL: ['INFO', 'verbose', '30', 'info,debug', '__proto__'],
  LOG_FORMAT: ['JSON', 'text', 'constructor'],
  DATABASE_URL: notPostgres,
  DATABASE_DIRECT_URL: notPostgres,
  DATABASE_POOL_SIZE: [...notNumbers, '0', '501'],
  DATABASE_CONNECT_TIMEOUT_MS: [...notNumbers, '0', '99', '60001', '5s'],
  DATABASE_STATEMENT_TIMEOUT_MS: [...notNumbers, '0', '99', '600001', '15s'],
  DATABASE_TLS: ['true', 'Verify', 'verify-full', 'prefer', 'no'],
  DATABASE_TLS_CA_FILE: ['/nowhere/ca.pem', '/', import.meta.filename, 'https://a.example/ca.pem'],
  EMBEDDED_DATABASE: notFlags,
  REDIS_URL: [...notService, 'redis://', 'redis:///0', 'redis://h:99999', 'unix:///run/redis.sock'],
  SECRET_KEY: ['x', 'k'.repeat(31), ` ${'k'.repeat(31)} `, 'ü'.repeat(15), 'changeme'],
  SECRET_KEY_PREVIOUS: ['x', 'k'.repeat(31)],
  ADMIN_EMAIL: [
    'ada',
    '@example.com',
    'ada@',
    'a@b@c',
    'Ada <ada@example.com>',
    'a b@example.com',
    'ada@example.com,bob@example.com',
    'ada@example.com\nBcc: bob@example.com',
    `${'a'.repeat(250)}@b.example`,
  ],
  ADMIN_PASSWORD: ['ü'.repeat(129), 'p'.repeat(257)],
  SIGN_UP_ENABLED: notFlags,
  SIGN_UP_LIFETIME_SECONDS: [...notNumbers, '599', '604801', '24h'],
  PASSWORD_MIN_LENGTH: [...notNumbers, '0', '7', '65'],
  PASSWORD_HASH_MEMORY_KIB: [...notNumbers, '0', '1023', '1048577', '19MiB'],
  PASSWORD_HASH_ITERATIONS: [...notNumbers, '0', '21'],
  PASSWORD_HASH_PARALLELISM: [...notNumbers, '0', '17'],
  ACCESS_TOKEN_SECONDS: [...notNumbers, '0', '59', '3601', '10m'],
  SESSION_IDLE_SECONDS: [...notNumbers, '0', '599', '31536001', '30d'],
  SESSION_ABSOLUTE_SECONDS: [...notNumbers, '0', '599', '63072001', '90d'],
  SMTP_URL: [...notService, 'smtp://', 'smtp://h:0', 'smtp://h#x', 'mailto:a@b.example'],
  MAIL_FROM: [
    'Example',
    'Example <>',
    '<a@b.example>',
    'a@b.example, c@d.example',
    'Ex, Inc. <a@b.example>',
    'Example <a@b.example> tail',
    'Example <a@b.example><c@d.example>',
    'Example\r\nBcc: c@d.example <a@b.example>',
  ],
};

/** Any text is as good as another for these. */
const free: SettingName[] = ['NODE_ENV', 'DATA_DIR'];

it('has hostile values for every variable', () => {
  expect([...Object.keys(hostile), ...free].sort()).toEqual(Object.keys(settings).sort());
});

describe.each(Object.entries(hostile))('%s', (variable, values) => {
  it.each(values)('refuses %j', (value) => {
    expect(refusedVariables({ [variable]: value })).toContain(variable);
  });
});
