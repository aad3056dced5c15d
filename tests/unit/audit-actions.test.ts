import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { auditActions, targetTypeOf } from '../../src/platform/audit-trail/audit-actions.ts';

const guide = readFileSync('docs/guides/audit-log.md', 'utf8');

it('are listed in the guide, in the order of names, with what they are done to', () => {
  const rows = [...guide.matchAll(/^\| `([a-z.-]+)` \| (?:`(\w+)`|–) \| .+ \|$/gm)];
  const listed = rows.map(([, action, target = null]) => [action, target]);
  expect(listed).toEqual(Object.entries(auditActions));
  expect(listed.map(([action]) => action)).toEqual(Object.keys(auditActions).sort());
});

it('tell the type of their target, which an unknown one does not', () => {
  expect(targetTypeOf('session.started')).toBe('Session');
  expect(targetTypeOf('sign-up.requested')).toBeNull();
  expect(targetTypeOf('toString')).toBeNull();
});
