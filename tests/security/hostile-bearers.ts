import { createPublicKey } from 'node:crypto';
import type { Forger } from '../support/forged-tokens.ts';
import type { Person } from '../support/people.ts';

/** What a hostile header is made of. */
export interface BearerParts {
  /** Somebody whose own tokens hold. */
  ada: Person;
  forger: Forger;
  /** Seconds since 1970. */
  now: number;
  publicUrl: string;
}

/** Makes the value of an Authorization header. */
export type MakeHeader = (parts: BearerParts) => string | Promise<string>;

const bearer =
  (token: MakeHeader): MakeHeader =>
  async (parts) =>
    `Bearer ${await token(parts)}`;
const signed = (
  claims: (parts: BearerParts) => Record<string, unknown>,
  header: (parts: BearerParts) => Record<string, unknown> = () => ({}),
) => bearer((parts) => parts.forger.sign(claims(parts), header(parts)));
const headed = (header: Record<string, unknown>) =>
  signed(
    () => ({}),
    () => header,
  );
const without = (claim: string) => signed(() => ({ [claim]: undefined }));

const publicKeyOf = (jwk: object) => createPublicKey({ key: { ...jwk }, format: 'jwk' });
const pemOf = (jwk: object) => publicKeyOf(jwk).export({ type: 'spki', format: 'pem' }).toString();
const derOf = (jwk: object) => publicKeyOf(jwk).export({ type: 'spki', format: 'der' });

/** Looks like one; whoever read it would have to trust it first. */
const certificate = Buffer.from('a certificate').toString('base64');

/** Changes the last character in a way that leaves the bytes of the signature the same. */
function withOtherTail(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.at(-1) ?? '');
  return token.slice(0, -1) + alphabet[last ^ 1];
}

const malformed: [string, MakeHeader][] = [
  ['an empty header', () => ''],
  ['the scheme alone', () => 'Bearer'],
  ['the scheme alone, quoted', () => 'Bearer ""'],
  ['garbage', bearer(() => 'garbage')],
  ['three dots', bearer(() => '...')],
  ['two dots', bearer(() => '..')],
  ['a very long token', bearer(() => 'x'.repeat(10_000))],
  ['a refresh token', bearer((parts) => parts.ada.refreshToken)],
  ['an encrypted token', bearer((parts) => `${parts.ada.accessToken}.x.x`)],
  ['a token without a scheme', (parts) => parts.ada.accessToken],
  ['a token glued to the scheme', (parts) => `Bearer${parts.ada.accessToken}`],
  ['a token behind a colon', (parts) => `Bearer: ${parts.ada.accessToken}`],
  ['a token in quotes', (parts) => `Bearer "${parts.ada.accessToken}"`],
  ['a token twice', (parts) => `Bearer ${parts.ada.accessToken} ${parts.ada.accessToken}`],
  [
    'two headers in one',
    (parts) => `Bearer ${parts.ada.accessToken}, Bearer ${parts.ada.accessToken}`,
  ],
  ['a second parameter', (parts) => `Bearer ${parts.ada.accessToken}, realm="x"`],
  ['a header in the header', (parts) => `Bearer Bearer ${parts.ada.accessToken}`],
  [
    'the scheme Basic',
    (parts) => `Basic ${Buffer.from(`${parts.ada.email}:x`).toString('base64')}`,
  ],
  ['a token under the scheme Basic', (parts) => `Basic ${parts.ada.accessToken}`],
  ['a token under the scheme DPoP', (parts) => `DPoP ${parts.ada.accessToken}`],
  ['a token under the scheme Token', (parts) => `Token ${parts.ada.accessToken}`],
];

const respelled: [string, MakeHeader][] = [
  ['another last character, same bytes', bearer((parts) => withOtherTail(parts.ada.accessToken))],
  ['padding', bearer((parts) => `${parts.ada.accessToken}=`)],
  ['a dot at the end', bearer((parts) => `${parts.ada.accessToken}.`)],
  ['a tab inside', bearer((parts) => parts.ada.accessToken.replace('.', '.\t'))],
  ['a space inside', bearer((parts) => parts.ada.accessToken.replace('.', '. '))],
  ['all in lower case', bearer((parts) => parts.ada.accessToken.toLowerCase())],
  ['percent-encoding', bearer((parts) => parts.ada.accessToken.replaceAll('.', '%2E'))],
];

const wronglySigned: [string, MakeHeader][] = [
  ['a signature cut off', bearer((parts) => parts.ada.accessToken.slice(0, -40))],
  ['no signature', bearer((parts) => parts.ada.accessToken.replace(/[^.]+$/, ''))],
  [
    'a signature of zeros',
    bearer((parts) => parts.ada.accessToken.replace(/[^.]+$/, 'A'.repeat(86))),
  ],
  ['another key', bearer((parts) => parts.forger.signWithOwnKey())],
  [
    'the key that comes with it (jwk)',
    bearer((parts) => parts.forger.signWithOwnKey((jwk) => ({ jwk }))),
  ],
  [
    'that key and no other named',
    bearer((parts) => parts.forger.signWithOwnKey((jwk) => ({ jwk, kid: undefined }))),
  ],
  [
    'a key to be fetched (jku)',
    bearer((parts) =>
      parts.forger.signWithOwnKey(() => ({ jku: 'http://127.0.0.1:1/keys', kid: 'x' })),
    ),
  ],
  [
    'a certificate to be fetched (x5u)',
    bearer((parts) => parts.forger.signWithOwnKey(() => ({ x5u: 'http://127.0.0.1:1/key.pem' }))),
  ],
  [
    'a certificate that comes with it (x5c)',
    bearer((parts) => parts.forger.signWithOwnKey(() => ({ x5c: [certificate] }))),
  ],
  [
    'that certificate and no key named',
    bearer((parts) => parts.forger.signWithOwnKey(() => ({ x5c: [certificate], kid: undefined }))),
  ],
  [
    'a key of the other algorithm, under the id of the right one',
    bearer(({ forger }) => forger.signWithOwnKey(() => ({}), forger.otherAlgorithm)),
  ],
  [
    'a key of the other algorithm that comes with it, under the id of the right one',
    bearer(({ forger }) => forger.signWithOwnKey((jwk) => ({ jwk }), forger.otherAlgorithm)),
  ],
  [
    'the right key, named as of the other algorithm',
    bearer(({ forger }) => forger.signAnyway({ alg: forger.otherAlgorithm })),
  ],
  ['the right key, named as RS256', bearer(({ forger }) => forger.signAnyway({ alg: 'RS256' }))],
  ['the right key, named as none', bearer(({ forger }) => forger.signAnyway({ alg: 'none' }))],
  ['alg none', bearer((parts) => parts.forger.signWithout('none'))],
  ['alg None', bearer((parts) => parts.forger.signWithout('None'))],
  ['no alg', bearer((parts) => parts.forger.signWithout(''))],
  ['HS256 with an empty key', bearer((parts) => parts.forger.signWithout('HS256', ''))],
  [
    'HS256 with the public key',
    bearer((parts) =>
      parts.forger.signWithout('HS256', Buffer.from(parts.forger.publicJwk.x ?? '', 'base64url')),
    ),
  ],
  [
    'HS256 with the public key as PEM',
    bearer((parts) => parts.forger.signWithout('HS256', pemOf(parts.forger.publicJwk))),
  ],
  [
    'HS256 with the public key as PEM without its last line feed',
    bearer(({ forger }) => forger.signWithout('HS256', pemOf(forger.publicJwk).trimEnd())),
  ],
  [
    'HS256 with the public key as DER',
    bearer(({ forger }) => forger.signWithout('HS256', derOf(forger.publicJwk))),
  ],
  [
    'HS256 with the public key as the text that is published',
    bearer(({ forger }) => forger.signWithout('HS256', forger.publicJwk.x)),
  ],
  [
    'HS256 with the public key as JWK',
    bearer((parts) => parts.forger.signWithout('HS256', JSON.stringify(parts.forger.publicJwk))),
  ],
];

const wronglyHeaded: [string, MakeHeader][] = [
  ['no kid', headed({ kid: undefined })],
  ['an unknown kid', headed({ kid: 'x' })],
  ['an empty kid', headed({ kid: '' })],
  ['a path as kid', headed({ kid: '../../../dev/null' })],
  ['SQL as kid', headed({ kid: "' OR 1=1 --" })],
  ['a property of objects as kid', headed({ kid: '__proto__' })],
  [
    'a kid that goes on after a NUL',
    signed(
      () => ({}),
      (parts) => ({ kid: `${parts.forger.publicJwk.kid}\0` }),
    ),
  ],
  [
    'a list with the right kid',
    signed(
      () => ({}),
      (parts) => ({ kid: [parts.forger.publicJwk.kid] }),
    ),
  ],
  ['a number as kid', headed({ kid: 0 })],
  ['an address as kid', headed({ kid: 'http://127.0.0.1:1/key' })],
  [
    'an extension that must be understood (crit)',
    bearer(({ forger }) => forger.signAnyway({ crit: ['x-terms'], 'x-terms': true })),
  ],
  [
    'an extension that is not there (crit)',
    bearer(({ forger }) => forger.signAnyway({ crit: ['x'] })),
  ],
  ['an empty list of extensions', bearer(({ forger }) => forger.signAnyway({ crit: [] }))],
  [
    'a payload that is not encoded (b64)',
    bearer(({ forger }) => forger.signAnyway({ crit: ['b64'], b64: false })),
  ],
  ['no typ', headed({ typ: undefined })],
  ['typ JWT', headed({ typ: 'JWT' })],
  ['typ of another kind of token', headed({ typ: 'secevent+jwt' })],
  ['typ of a connection token', headed({ typ: 'connection+jwt' })],
];

const wronglyClaimed: [string, MakeHeader][] = [
  ['no iss', without('iss')],
  ['no aud', without('aud')],
  ['no sub', without('sub')],
  ['no sid', without('sid')],
  ['no jti', without('jti')],
  ['no client_id', without('client_id')],
  ['no iat', without('iat')],
  ['no exp', without('exp')],
  ['another issuer', signed(() => ({ iss: 'https://evil.example' }))],
  ['an issuer with a slash', signed((parts) => ({ iss: `${parts.publicUrl}/` }))],
  ['another audience', signed(() => ({ aud: 'https://other.example' }))],
  ['another client', signed(() => ({ client_id: 'other' }))],
  ['a session that is no uuid', signed(() => ({ sid: "' OR 1=1 --" }))],
  ['a list of sessions', signed((parts) => ({ sid: [parts.ada.sessionId] }))],
  ['a session that never was', signed(() => ({ sid: '00000000-0000-7000-8000-000000000000' }))],
  ['the user in place of the session', signed((parts) => ({ sid: parts.ada.userId }))],
  ['an end in the past', signed((parts) => ({ iat: parts.now - 120, exp: parts.now - 60 }))],
  ['an end this very second', signed((parts) => ({ iat: parts.now - 60, exp: parts.now }))],
  ['a fractional end', signed((parts) => ({ exp: parts.now + 30.5 }))],
  ['an end as text', signed((parts) => ({ exp: String(parts.now + 30) }))],
  ['an end in milliseconds', signed((parts) => ({ exp: (parts.now + 30) * 1000 }))],
  ['an end that is no number', signed(() => ({ exp: null }))],
  ['a negative end', signed(() => ({ exp: -1 }))],
  ['a life longer than any', signed((parts) => ({ exp: parts.now + 1_000_000 }))],
  ['a beginning in the future', signed((parts) => ({ iat: parts.now + 60, exp: parts.now + 90 }))],
  ['a beginning as text', signed((parts) => ({ iat: String(parts.now) }))],
  ['a fractional beginning', signed((parts) => ({ iat: parts.now - 0.5 }))],
  [
    'a beginning years from now',
    signed((parts) => ({ iat: parts.now + 1e9, exp: parts.now + 1e9 + 60 })),
  ],
  ['a time before which it does not hold, as text', signed((parts) => ({ nbf: `${parts.now}` }))],
  ['the audience of connection tokens', signed((parts) => ({ aud: `${parts.publicUrl}/graphql` }))],
  ['an empty list of audiences', signed(() => ({ aud: [] }))],
  ['a time before which it does not hold', signed((parts) => ({ nbf: parts.now + 60 }))],
];

/** Authorization headers that must not hold, by what is wrong with them. */
export const hostileBearers = {
  malformed,
  'another spelling': respelled,
  'wrongly signed': wronglySigned,
  'wrongly headed': wronglyHeaded,
  'wrongly claimed': wronglyClaimed,
};
