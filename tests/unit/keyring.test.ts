import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyring } from '../../src/platform/keyring.ts';

const secret = 'the secret of a server, long enough to be one';
const previous = 'the secret that the server had before this one';
const keyring = createKeyring(secret, null);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a subkey', () => {
  it('is derived the same for ever', () => {
    expect(hex(keyring.subkeys('purpose')[0])).toBe(
      '631f870ef11add0b0b38c974fbb15119065f117ffabcbea792a441f10689dfc0',
    );
  });

  it('has 32 bytes and does not hold the secret', () => {
    const [subkey] = keyring.subkeys('purpose');
    expect(subkey).toHaveLength(32);
    expect(subkey.includes(secret.slice(0, 8))).toBe(false);
  });

  it('differs by purpose, salt and secret', () => {
    const keys = [
      keyring.subkeys('a'),
      keyring.subkeys('b'),
      keyring.subkeys('a/b'),
      keyring.subkeys(''),
      keyring.subkeys('a', Buffer.from('salt')),
      keyring.subkeys('a', Buffer.from('other salt')),
      createKeyring(previous, null).subkeys('a'),
    ].map(([key]) => hex(key));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('comes with that of the previous secret, the current one first', () => {
    const rotating = createKeyring(secret, previous);
    expect(rotating.subkeys('a').map(hex)).toEqual([
      hex(keyring.subkeys('a')[0]),
      hex(createKeyring(previous, null).subkeys('a')[0]),
    ]);
  });
});

describe('a code', () => {
  const message = 'message';
  const salt = Buffer.from('salt');
  const code = keyring.sign('purpose', message, salt);

  it('holds for its purpose, message and salt', () => {
    expect(code).toHaveLength(32);
    expect(keyring.verify('purpose', message, code, salt)).toBe(true);
  });

  it('holds for any message, and for no other', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const mac = keyring.sign('purpose', one);
        expect(keyring.verify('purpose', one, mac)).toBe(true);
        expect(keyring.verify('purpose', other, mac)).toBe(one === other);
      }),
    );
  });

  it('breaks with any bit', () => {
    fc.assert(
      fc.property(fc.nat(code.length * 8 - 1), (bit) => {
        const broken = Buffer.from(code);
        broken.writeUInt8(broken.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(keyring.verify('purpose', message, broken, salt)).toBe(false);
      }),
    );
  });

  it.each([
    ['another purpose', 'other', message, code, salt],
    ['another message', 'purpose', `${message} `, code, salt],
    ['another salt', 'purpose', message, code, Buffer.from('other')],
    ['no salt', 'purpose', message, code, undefined],
    ['nothing', 'purpose', message, Buffer.alloc(0), salt],
    ['a part of it', 'purpose', message, code.subarray(0, 31), salt],
    ['more behind it', 'purpose', message, Buffer.concat([code, Buffer.alloc(1)]), salt],
    ['zeros', 'purpose', message, Buffer.alloc(32), salt],
    ['it twice', 'purpose', message, Buffer.concat([code, code]), salt],
  ])('does not hold with %s', (_description, purpose, text, mac, otherSalt) => {
    expect(keyring.verify(purpose, text, mac, otherSalt)).toBe(false);
  });
});

describe('a rotation of the secret', () => {
  const old = createKeyring(previous, null);
  const rotating = createKeyring(secret, previous);

  it('accepts what the previous secret signed, but signs with the current one', () => {
    expect(rotating.verify('a', 'message', old.sign('a', 'message'))).toBe(true);
    expect(rotating.sign('a', 'message')).toEqual(keyring.sign('a', 'message'));
  });

  it('ends when the previous secret is dropped', () => {
    expect(keyring.verify('a', 'message', old.sign('a', 'message'))).toBe(false);
  });

  it('can be prepared: a server that does not sign with the new secret yet accepts it', () => {
    const prepared = createKeyring(previous, secret);
    expect(prepared.verify('a', 'message', rotating.sign('a', 'message'))).toBe(true);
  });
});
