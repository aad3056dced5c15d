import { describe, expect, it } from 'vitest';
import { noteSecrets, requireNoSecrets } from '../support/used-secrets.ts';

describe('the search of logs for secrets', () => {
  it('finds what was sent or answered, at any depth', () => {
    noteSecrets([
      { input: { newPassword: 'nine otters under' } },
      { data: { x: [{ token: 'abcdefghijk' }] } },
    ]);
    expect(() => requireNoSecrets('{"msg":"nine otters under"}')).toThrow('shows secrets');
    expect(() => requireNoSecrets('{"msg":"abcdefghijk"}')).toThrow('shows secrets');
    expect(() => requireNoSecrets('{"msg":"operation"}')).not.toThrow();
  });

  it.each([
    'eyJhbGciOiJFZERTQSJ9.eyJzdWIi',
    `lkr_${'A'.repeat(40)}`,
    '$argon2id$v=19',
    '/x#token=A',
  ])('finds %s by its shape', (secret) => {
    expect(() => requireNoSecrets(`{"msg":"${secret}"}`)).toThrow('shows secrets');
  });
});
