import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signInCodeMatches, signInCodeOf } from '../../src/modules/auth/sign-in-code.ts';
import { createKeyring } from '../../src/platform/keyring.ts';

const secret = 'the secret of a server, long enough to be one';
const keyring = createKeyring(secret, null);
const rowId = '019aa1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const code = signInCodeOf(keyring, rowId);
const matches = (text: string) => signInCodeMatches(keyring, rowId, text);

describe('a sign-in code', () => {
  it('is derived the same for ever, so that a mail sent again carries the same', () => {
    expect(code).toBe('621622');
  });

  it('has six digits and fits its request, for every request', () => {
    fc.assert(
      fc.property(fc.uuid(), (any) => {
        const drawn = signInCodeOf(keyring, any);
        expect(drawn).toMatch(/^\d{6}$/);
        expect(signInCodeMatches(keyring, any, drawn)).toBe(true);
      }),
    );
  });

  it('has zeros in front where the number is small', () => {
    const small = fc.sample(fc.uuid(), { numRuns: 200, seed: 1 });
    expect(small.some((id) => signInCodeOf(keyring, id).startsWith('0'))).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['another code', code === '111111' ? '222222' : '111111'],
    ['five of its digits', code.slice(0, 5)],
    ['a digit more', `${code}0`],
    ['white space around it', ` ${code} `],
    ['a line feed at its end', `${code}\n`],
    [
      'its number in full-width digits',
      code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
    ],
    ['a very long text', '1'.repeat(100_000)],
  ])('is not %s', (_description, hostile) => {
    expect(matches(hostile)).toBe(false);
  });

  it('is not that of another server', () => {
    const other = createKeyring('the secret of another server, as long as it is', null);
    expect(signInCodeMatches(other, rowId, code)).toBe(false);
  });

  it('of before a rotation of the secret is accepted until the previous one is dropped', () => {
    const rotated = createKeyring('the secret that came after it, long enough too', secret);
    expect(signInCodeOf(rotated, rowId)).not.toBe(code);
    expect(signInCodeMatches(rotated, rowId, code)).toBe(true);
  });
});
