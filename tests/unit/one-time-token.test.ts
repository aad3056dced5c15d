import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyring } from '../../src/platform/keyring.ts';
import { issueOneTimeToken, readOneTimeToken } from '../../src/platform/one-time-token.ts';
import { uuidToBytes } from '../../src/platform/uuid.ts';

const keyring = createKeyring('the secret of a server, long enough to be one', null);
const rowId = '019aa1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const token = issueOneTimeToken(keyring, 'verify-email', rowId);

const read = (text: string) => readOneTimeToken(keyring, 'verify-email', text);

describe('a one-time token', () => {
  it('is derived the same for ever, so that a mail sent again carries the same', () => {
    expect(token).toBe('AZqhssPUfl-KmwwdLj9KW-faJipmBUCpIwM9kyT4FF15fvBa9GnM8zbb8kB4gSL9');
  });

  it('fits into a link as it is', () => {
    expect(token).toMatch(/^[\w-]{64}$/);
  });

  it('leads to its row, for every row', () => {
    fc.assert(
      fc.property(fc.uuid(), (any) => {
        expect(read(issueOneTimeToken(keyring, 'verify-email', any))).toBe(any);
      }),
    );
  });

  it('breaks with any bit', () => {
    fc.assert(
      fc.property(fc.nat(48 * 8 - 1), (bit) => {
        const bytes = Buffer.from(token, 'base64url');
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(read(bytes.toString('base64url'))).toBeNull();
      }),
    );
  });

  const id = uuidToBytes(rowId);
  const mac = (purpose: string, message = rowId) => keyring.sign(purpose, message);
  const tokenOf = (...parts: Buffer[]) => Buffer.concat(parts).toString('base64url');

  it.each([
    ['nothing', ''],
    ['the id of its row', rowId],
    ['the id without a code', tokenOf(id)],
    ['the id and zeros', tokenOf(id, Buffer.alloc(32))],
    ['the code of another purpose', tokenOf(id, mac('one-time/reset-password'))],
    ['the code of no purpose', tokenOf(id, mac('one-time/'))],
    ['the code of a refresh token', tokenOf(id, mac('refresh/v1'))],
    ['the code of another row', tokenOf(id, mac('one-time/verify-email', rowId.replace('0', '1')))],
    [
      'the code of its id in upper case',
      tokenOf(id, mac('one-time/verify-email', rowId.toUpperCase())),
    ],
    ['a code cut short', tokenOf(id, mac('one-time/verify-email').subarray(0, 16))],
    ['padding', `${token}=`],
    ['a character outside the alphabet', `${token.slice(0, -1)}!`],
    ['white space around it', ` ${token} `],
    ['a line feed at its end', `${token}\n`],
    ['more behind it', `${token}AAAA`],
    ['the fragment of the link', `#token=${token}`],
    ['all in lower case', token.toLowerCase()],
    ['it twice', token + token],
    ['a very long text', 'A'.repeat(100_000)],
  ])('is refused when it is or has %s', (_description, hostile) => {
    expect(read(hostile)).toBeNull();
  });

  it('of another server is refused', () => {
    const other = createKeyring('the secret of another server, as long as it is', null);
    expect(readOneTimeToken(other, 'verify-email', token)).toBeNull();
  });

  it('of before a rotation of the secret is accepted until the previous one is dropped', () => {
    const secret = 'the secret of a server, long enough to be one';
    const rotated = createKeyring('the secret that came after it, long enough too', secret);
    expect(readOneTimeToken(rotated, 'verify-email', token)).toBe(rowId);
  });
});
