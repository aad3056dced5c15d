/** A value of JSON; members that are undefined are left out. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/**
 * Writes a value in the one form that RFC 8785 gives it: no white space, members in the order of
 * their UTF-16 code units, numbers and strings as ECMAScript writes them. A number beyond the range
 * of doubles comes out as a word that is no JSON, so that it equals nothing else.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, member]) =>
      member === undefined ? [] : `${JSON.stringify(name)}:${canonicalJson(member)}`,
    );
  return `{${members.join(',')}}`;
}

// The built-in check forgets that a list may be read-only.
const isList = (value: object): value is readonly Json[] => Array.isArray(value);
