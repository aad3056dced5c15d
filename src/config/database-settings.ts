import { join } from 'node:path';
import type { DatabaseSettings, PostgresSettings } from '../platform/database/database.ts';
import { isLoopbackHost } from './addresses.ts';
import { databaseHost } from './database-kinds.ts';
import type { SettingValues } from './settings.ts';

type Tls = PostgresSettings['tls'];

/** Chooses the database: PostgreSQL when it has a URL, else the embedded one below `dataDir`. */
export function databaseSettings(values: SettingValues, dataDir: string): DatabaseSettings {
  const url = values.DATABASE_URL;
  if (url === undefined) return { kind: 'embedded', dataDir: join(dataDir, 'database') };
  const directUrl = values.DATABASE_DIRECT_URL ?? url;
  const tlsCaFile = values.DATABASE_TLS_CA_FILE;
  return {
    kind: 'postgres',
    url: withoutSslMode(url),
    directUrl: withoutSslMode(directUrl),
    poolSize: values.DATABASE_POOL_SIZE,
    connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    tls: values.DATABASE_TLS ?? defaultTls([url, directUrl], tlsCaFile !== undefined),
    ...(tlsCaFile !== undefined && { tlsCaFile }),
  };
}

function defaultTls(urls: string[], hasAuthority: boolean): Tls {
  const verified = hasAuthority || urls.some((url) => asksForTls(new URL(url)));
  return verified ? 'verify' : 'disable';
}

/** Follows the driver in checking the certificate for every `sslmode` but `disable`. */
function asksForTls(url: URL): boolean {
  const mode = url.searchParams.get('sslmode');
  return mode === null ? crossesNetwork(databaseHost(url)) : mode !== 'disable';
}

/** A name without a dot is one of a container network, where servers have no certificate. */
function crossesNetwork(host: string): boolean {
  return !(host.startsWith('/') || isLoopbackHost(host) || /^[a-z][\w-]*$/i.test(host));
}

// The driver lets parameters of the URL override the settings that it is given.
function withoutSslMode(text: string): string {
  const url = new URL(text);
  if (!url.searchParams.has('sslmode')) return text;
  url.searchParams.delete('sslmode');
  return url.href;
}
