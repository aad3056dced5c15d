import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64url } from '../../src/platform/base64url.ts';

const bytes = Buffer.from('fffefdfcfb', 'hex');
const text = '__79_Ps';

describe('base64url of a known length', () => {
  it('is decoded', () => {
    expect(decodeBase64url(text, 5)).toEqual(bytes);
    expect(decodeBase64url('', 0)).toEqual(Buffer.alloc(0));
  });

  it('comes back unchanged for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (any) => {
        const encoded = Buffer.from(any).toString('base64url');
        expect(decodeBase64url(encoded, any.length)).toEqual(Buffer.from(any));
      }),
    );
  });

  it('has one spelling: whatever is accepted is what would be written', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'AB_-+/=79 \n'), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(fc.string(), alphabet), fc.nat(12), (any, length) => {
        const decoded = decodeBase64url(any, length);
        expect(decoded === null || decoded.toString('base64url') === any).toBe(true);
      }),
    );
  });

  it.each([
    ['a byte too few', text.slice(0, -2)],
    ['a byte too many', `${text}A`],
    ['padding', `${text}=`],
    ['stray bits at its end', '__79_Pt'],
    ['the other alphabet', '//79/Ps'],
    ['white space around it', ` ${text} `],
    ['a line feed at its end', `${text}\n`],
    ['white space inside', '__79 _Ps'],
    ['a NUL', `${text}\0`],
    ['a character outside the alphabet', '__79_P$'],
    ['letters that look alike', '__79_\u{ff30}s'],
    ['nothing', ''],
    ['percent-encoding', '%5F%5F79'],
  ])('is refused when it has %s', (_description, hostile) => {
    expect(decodeBase64url(hostile, 5)).toBeNull();
  });
});
