import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopbackHost } from '../../src/config/addresses.ts';
import { reasonsForProduction } from '../../src/config/mode.ts';
import { loadConfig } from '../../src/config.ts';

const databaseUrls = [undefined, '', 'postgres://127.0.0.1/latchkey'];
const hosts = [
  undefined,
  '',
  '127.0.0.1',
  '127.8.9.10',
  '::1',
  'localhost',
  'LocalHost',
  '0.0.0.0',
];
const kinds = [undefined, '', 'development', 'production', 'test', 'staging', 'Development', 'dev'];

const starts = databaseUrls.flatMap((DATABASE_URL) =>
  hosts.flatMap((HOST) => kinds.map((NODE_ENV) => ({ DATABASE_URL, HOST, NODE_ENV }))),
);

/** What every production start needs, so that only the mode is in question. */
const sufficient = { SECRET_KEY: 'k'.repeat(32), PUBLIC_URL: 'http://localhost:4000' };

describe('development', () => {
  it.each(starts)('needs all three conditions: %j', (start) => {
    const development =
      !start.DATABASE_URL &&
      start.HOST !== '0.0.0.0' &&
      (!start.NODE_ENV || start.NODE_ENV === 'development');
    const embedded = start.DATABASE_URL ? {} : { EMBEDDED_DATABASE: 'true' };
    expect(loadConfig({ ...start, ...sufficient, ...embedded }).mode).toBe(
      development ? 'development' : 'production',
    );
  });

  it('is never reached by a variable that cannot be read', () => {
    expect(reasonsForProduction({ DATABASE_URL: 'nonsense' })).toHaveLength(1);
    expect(reasonsForProduction({ HOST: 'http://localhost' })).toHaveLength(1);
    expect(reasonsForProduction({ NODE_ENV: 'developmemt' })).toHaveLength(1);
  });

  it('holds for nothing but the three conditions, whatever the texts', () => {
    const word = (...common: string[]) =>
      fc.option(fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom(...common)), {
        nil: undefined,
      });
    const environment = fc.record({
      DATABASE_URL: word('postgres://h/d'),
      HOST: word('127.0.0.1', 'localhost', '::1'),
      NODE_ENV: word('development', 'production'),
    });
    fc.assert(
      fc.property(environment, ({ DATABASE_URL, HOST, NODE_ENV }) => {
        const reasons = reasonsForProduction({
          ...(DATABASE_URL !== undefined && { DATABASE_URL }),
          ...(HOST !== undefined && { HOST }),
          ...(NODE_ENV !== undefined && { NODE_ENV }),
        });
        const development =
          DATABASE_URL === undefined &&
          isLoopbackHost(HOST?.trim() ?? '127.0.0.1') &&
          (NODE_ENV === undefined || NODE_ENV.trim() === 'development');
        expect(reasons.length === 0).toBe(development);
      }),
    );
  });
});

describe('a loopback host', () => {
  it('is any address of 127.0.0.0/8', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        expect(isLoopbackHost([a, b, c, d].join('.'))).toBe(a === 127);
      }),
      { examples: [[127, 0, 0, 1]] },
    );
  });

  it.each(['localhost', 'LOCALHOST', '::1', '0:0:0:0:0:0:0:1', '[::1]'])('is %s', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each([
    '',
    '0',
    '::',
    '0.0.0.0',
    '127.1',
    '0127.0.0.1',
    '2130706433',
    '0x7f000001',
    '128.0.0.1',
    '127.0.0.1.nip.io',
    '127.0.0.1:4000',
    '127.0.0.256',
    'localhost.example.com',
    'localhost.',
    'xlocalhost',
    'localhost\n0.0.0.0',
    '::ffff:127.0.0.1',
    '::1%eth0',
    '::2',
    '[127.0.0.1]x',
  ])('is not %j', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});
