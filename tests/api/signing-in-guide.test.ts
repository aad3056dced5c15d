import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const guide = readFileSync('docs/guides/signing-in.md', 'utf8');

describe('docs/guides/signing-in.md', () => {
  it('shows the client that is tested, and no other code', () => {
    const shown = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
    expect(shown).toEqual([readFileSync('tests/support/auth-clients/auth-client.ts', 'utf8')]);
  });
});
