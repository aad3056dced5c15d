import type { SqlQuery } from '@prisma/driver-adapter-utils';

/** Each takes memory of every connection, on either side. */
const mostNames = 500;
/** Lists of values make another statement with each length. */
const mostValues = 20;

/**
 * Makes what names statements, so that PostgreSQL parses and plans each once for a connection. Those
 * that come first get names, which are the ones that come most often; the rest has the empty name,
 * which is none.
 */
export function createStatementNames(): (query: SqlQuery) => string {
  const names = new Map<string, string>();
  return ({ sql, args }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= mostNames || args.length > mostValues) return '';
    const name = `latchkey_${names.size}`;
    names.set(sql, name);
    return name;
  };
}
