import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';

/** Opens an embedded PostgreSQL with the extensions that the migrations ask for; in memory without a directory. */
export function openPglite(
  options: Pick<PGliteOptions, 'dataDir' | 'loadDataDir' | 'relaxedDurability'> = {},
): Promise<PGlite> {
  return PGlite.create({ ...options, extensions: { pg_trgm } });
}
