import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { builtInRoles, permissions } from '../../src/modules/role/role.rules.ts';
import { fieldsOf, objectTypes } from '../support/schema-parts.ts';

/** Reads the table of a section: what it says of each name in its first column. */
function tableOf(title: string): Map<string, string> {
  const sections = readFileSync('docs/permissions.md', 'utf8').split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${title}\n`)) ?? '';
  const rows = section.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm);
  return new Map([...rows].map(([, name = '', text = '']) => [name, text]));
}

/** Lists the fields that a permission opens and nothing else does, with that permission. */
function fieldsByPermission(): [field: string, permission: string][] {
  return objectTypes.flatMap((type) =>
    fieldsOf(type).flatMap(({ name, extensions }) => {
      const { authScopes } = Object(extensions.pothosOptions);
      const permission: unknown = Object(authScopes).permission;
      const isRoot = [schema.getQueryType(), schema.getMutationType()].includes(type);
      return typeof permission === 'string' && isRoot ? [[name, permission]] : [];
    }),
  );
}

describe('docs/permissions.md', () => {
  const documented = tableOf('Permissions');

  it('says of each permission what it opens, in the order of names', () => {
    expect([...documented.keys()]).toEqual([...permissions].sort());
  });

  it('names each operation that a permission opens, in its row', () => {
    const fields = fieldsByPermission();
    expect(fields.length).toBeGreaterThan(5);
    for (const [field, permission] of fields) {
      expect(documented.get(permission), permission).toContain(`\`${field}\``);
    }
  });

  it('says of each built-in role what it has', () => {
    expect([...tableOf('Roles').keys()]).toEqual(builtInRoles.map(({ key }) => key));
  });
});
