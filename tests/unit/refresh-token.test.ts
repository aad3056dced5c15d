import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  issueRefreshToken,
  type RefreshClaim,
  readRefreshClaim,
  refreshClaimHolds,
} from '../../src/modules/session/refresh-token.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { uuidToBytes } from '../../src/platform/uuid.ts';

const keyring = createKeyring('the secret of a server, long enough to be one', null);
const session = {
  id: '019aa1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
  counter: 7,
  salt: Buffer.alloc(32, 0x5a),
};
const token = issueRefreshToken(keyring, session);

/** Reads a token that has the form of one. */
function claimOf(text: string): RefreshClaim {
  const claim = readRefreshClaim(text);
  if (claim === null) throw new Error('This has not the form of a refresh token.');
  return claim;
}

describe('a refresh token', () => {
  it('is derived the same for ever', () => {
    expect(token).toBe(
      'lkr_AZqhssPUfl-KmwwdLj9KWwAAAAeZRYSKgtQwjnniKUwfGFq4LgxXM3ulYqedPyvXNtybAw',
    );
  });

  it('begins in a way that scanners for leaked secrets can look for', () => {
    expect(token).toMatch(/^lkr_[\w-]{70}$/);
  });

  it('comes back unchanged and holds, for every session and number', () => {
    const anySession = fc.record({
      id: fc.uuid(),
      counter: fc.nat(2 ** 31 - 1),
      salt: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    });
    fc.assert(
      fc.property(anySession, (any) => {
        const claim = claimOf(issueRefreshToken(keyring, any));
        expect(claim).toMatchObject({ sessionId: any.id, counter: any.counter });
        expect(refreshClaimHolds(keyring, claim, any.salt)).toBe(true);
      }),
    );
  });

  it('holds no more with any bit changed', () => {
    const bytes = Buffer.from(token.slice(4), 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const broken = Buffer.from(bytes);
        broken.writeUInt8(broken.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const claim = claimOf(`lkr_${broken.toString('base64url')}`);
        expect(refreshClaimHolds(keyring, claim, session.salt)).toBe(false);
      }),
    );
  });

  const forged = (mac: Buffer, counter = session.counter) => {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    return `lkr_${Buffer.concat([uuidToBytes(session.id), number, mac]).toString('base64url')}`;
  };
  const { mac } = claimOf(token);
  const message = `refresh/v1|${session.id}|7`;

  it.each([
    ['the number of its successor', forged(mac, 8)],
    ['the number of its parent', forged(mac, 6)],
    ['zeros as code', forged(Buffer.alloc(32))],
    ['the code without the salt', forged(keyring.sign('refresh/v1', message))],
    [
      'the code of another purpose',
      forged(keyring.sign('one-time/verify-email', message, session.salt)),
    ],
    [
      'the code of another server',
      forged(createKeyring('x'.repeat(40), null).sign('refresh/v1', message, session.salt)),
    ],
  ])('does not hold with %s', (_description, hostile) => {
    expect(refreshClaimHolds(keyring, claimOf(hostile), session.salt)).toBe(false);
  });

  it('does not hold for the salt of another session', () => {
    expect(refreshClaimHolds(keyring, claimOf(token), Buffer.alloc(32, 0x5b))).toBe(false);
    expect(refreshClaimHolds(keyring, claimOf(token), Buffer.alloc(0))).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['its beginning', 'lkr_'],
    ['no beginning', token.slice(4)],
    ['a beginning in upper case', token.replace('lkr_', 'LKR_')],
    ['another beginning', token.replace('lkr_', 'ghr_')],
    ['its beginning twice', `lkr_${token}`],
    ['white space around it', ` ${token} `],
    ['a line feed at its end', `${token}\n`],
    ['padding', `${token}==`],
    ['a character too few', token.slice(0, -1)],
    ['a character too many', `${token}A`],
    ['a byte too few', token.slice(0, -2)],
    ['stray bits', `${token.slice(0, -1)}B`],
    ['the other alphabet', token.replaceAll('-', '+').replaceAll('_', '/')],
    ['an access token', 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln'],
    ['a very long text', `lkr_${'A'.repeat(100_000)}`],
  ])('has not the form of one when it is or has %s', (_description, hostile) => {
    expect(readRefreshClaim(hostile)).toBeNull();
  });
});
