import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { PostgresSettings } from '../../src/platform/database/database.ts';

const directory = mkdtempSync(join(tmpdir(), 'latchkey-config-'));
afterAll(() => rmSync(directory, { recursive: true }));
const caFile = join(directory, 'ca.pem');
writeFileSync(caFile, rootCertificates[0] ?? '');

function postgres(environment: Record<string, string>): PostgresSettings {
  const { database } = loadConfig({ SECRET_KEY: 'k'.repeat(32), ...environment });
  if (database.kind !== 'postgres') throw new Error('The database is embedded.');
  return database;
}

describe('PostgreSQL', () => {
  it('is reached with bounded patience by default', () => {
    expect(postgres({ DATABASE_URL: 'postgres://u:p@localhost/d' })).toEqual({
      kind: 'postgres',
      url: 'postgres://u:p@localhost/d',
      directUrl: 'postgres://u:p@localhost/d',
      poolSize: 10,
      connectTimeoutMs: 5000,
      statementTimeoutMs: 15_000,
      tls: 'disable',
    });
  });

  it('takes every setting', () => {
    const settings = postgres({
      DATABASE_URL: 'postgres://pooler/d',
      DATABASE_DIRECT_URL: 'postgresql://server/d',
      DATABASE_POOL_SIZE: '3',
      DATABASE_CONNECT_TIMEOUT_MS: '1000',
      DATABASE_STATEMENT_TIMEOUT_MS: '2000',
      DATABASE_TLS_CA_FILE: caFile,
    });
    expect(settings).toEqual({
      kind: 'postgres',
      url: 'postgres://pooler/d',
      directUrl: 'postgresql://server/d',
      poolSize: 3,
      connectTimeoutMs: 1000,
      statementTimeoutMs: 2000,
      tls: 'verify',
      tlsCaFile: caFile,
    });
  });

  it('refuses an authority that nothing is checked against', () => {
    const unchecked = { DATABASE_TLS: 'require', DATABASE_TLS_CA_FILE: caFile };
    expect(() => postgres({ DATABASE_URL: 'postgres://h/d', ...unchecked })).toThrow(
      'DATABASE_TLS\n    expected `verify`',
    );
  });
});

describe('the connection is', () => {
  it.each([
    ['postgres://127.0.0.1/d', 'disable'],
    ['postgres://[::1]/d', 'disable'],
    ['postgres://db/d', 'disable'],
    ['postgresql:///d?host=/var/run/postgresql', 'disable'],
    ['postgres://%2Fvar%2Frun%2Fpostgresql/d', 'disable'],
    ['postgres://10.0.0.5/d', 'verify'],
    ['postgres://[fd00::1]/d', 'verify'],
    ['postgres://db.example.com/d', 'verify'],
    ['postgres://localhost/d?host=db.example.com', 'verify'],
    ['postgres://2130706433/d', 'verify'],
    ['postgres://db.example.com/d?sslmode=disable', 'disable'],
    ['postgres://localhost/d?sslmode=prefer', 'verify'],
    ['postgres://localhost/d?sslmode=require', 'verify'],
    ['postgres://localhost/d?sslmode=verify-full', 'verify'],
  ])('to %s by default: %s', (DATABASE_URL, tls) => {
    expect(postgres({ DATABASE_URL }).tls).toBe(tls);
  });

  it('as strict as the stricter of the two URLs', () => {
    const DATABASE_DIRECT_URL = 'postgres://db.example.com/d';
    expect(postgres({ DATABASE_URL: 'postgres://localhost/d', DATABASE_DIRECT_URL }).tls).toBe(
      'verify',
    );
  });

  it('what DATABASE_TLS says, whatever the URL', () => {
    const settings = postgres({
      DATABASE_URL: 'postgres://u:p%40@db.example.com/d?sslmode=disable&application_name=x',
      DATABASE_TLS: 'require',
    });
    expect(settings.tls).toBe('require');
    expect(settings.url).toBe('postgres://u:p%40@db.example.com/d?application_name=x');
    expect(settings.directUrl).toBe(settings.url);
  });
});
