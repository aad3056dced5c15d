import { describe, expect, it } from 'vitest';
import { maskAddress } from '../../src/modules/auth/mails/masked-address.ts';

describe('a masked address', () => {
  it.each([
    ['ada@example.org', 'a***@e***.org'],
    ['ada.lovelace@mail.example.co.uk', 'a***@m***.uk'],
    ['a@b.c', 'a***@b***'],
    ['ada@localhost', 'a***@l***'],
    ['+spam.example@buy-now.example.com', '****@b***.com'],
    ['ü@ünïcode.example', '****@****'],
    ['ada@xn--bcher-kva.example', 'a***@x***'],
    ['ada@example.xn--p1ai', 'a***@e***'],
    ['no address', '****@****'],
    ['', '****@****'],
  ])('of %j is %j', (address, masked) => {
    expect(maskAddress(address)).toBe(masked);
  });
});
