import { createHmac } from 'node:crypto';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { openSigningKeys } from '../../src/modules/auth/signing-keys.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import type { Person } from './people.ts';
import { secretKey, type TestApp } from './test-app.ts';

type Header = Record<string, unknown>;

/** Makes tokens that a server would never make. */
export interface Forger {
  /** Signs with the server's own key; undefined takes a claim or header away. */
  sign(claims?: Record<string, unknown>, header?: Header): Promise<string>;
  /** Signs what the server would with a key of that algorithm that is not the server's. */
  signWithOwnKey(header?: (publicJwk: JWK) => Header, algorithm?: string): Promise<string>;
  /** Signs as `none`, or with HMAC under what is public of the server's key. */
  signWithout(alg: string, key?: string | Buffer): string;
  /** Signs with the server's own key whatever the header says. */
  signAnyway(header: Header): Promise<string>;
  /** The server's public key as it publishes it. */
  publicJwk: JWK;
  /** The algorithm that the server does not sign with, though it could. */
  otherAlgorithm: string;
}

/** Opens the server's key and forges tokens for a person's session with it. */
export async function createForger(testApp: TestApp, person: Person): Promise<Forger> {
  const keyring = createKeyring(secretKey, null);
  const { database, config, clock } = testApp;
  const keys = await openSigningKeys({
    database,
    keyring,
    clock: clock.now,
    tokens: config.tokens,
  });
  const { kid, algorithm, privateKey } = await keys.getSigner();
  const publicJwk = (await keys.publish()).keys.find((jwk) => jwk.kid === kid) ?? {};
  await keys.close();
  const issuer = config.publicUrl;
  const issuedAt = Math.floor(clock.now().getTime() / 1000);
  const claims = {
    iss: issuer,
    aud: issuer,
    sub: person.userId,
    sid: person.sessionId,
    client_id: 'latchkey',
    jti: 'forged',
    iat: issuedAt,
    exp: issuedAt + 60,
  };
  const header = { alg: algorithm, typ: 'at+jwt', kid };
  const sign = (key: CryptoKey, payload: object, protectedHeader: object) =>
    new SignJWT({ ...payload })
      .setProtectedHeader(JSON.parse(JSON.stringify(protectedHeader)) as JWTHeaderParameters)
      .sign(key);
  const unsigned = (otherHeader: Header) =>
    [{ ...header, ...otherHeader }, claims].map(encode).join('.');
  return {
    publicJwk,
    otherAlgorithm: algorithm === 'EdDSA' ? 'ES256' : 'EdDSA',
    sign: (otherClaims, otherHeader) =>
      sign(privateKey, { ...claims, ...otherClaims }, { ...header, ...otherHeader }),
    async signWithOwnKey(otherHeader = () => ({}), alg = algorithm) {
      const pair = await generateKeyPair(alg);
      const ownJwk = await exportJWK(pair.publicKey);
      return sign(pair.privateKey, claims, { ...header, alg, ...otherHeader(ownJwk) });
    },
    signWithout(alg, key) {
      const signed = unsigned({ alg });
      const mac = key === undefined ? '' : createHmac('sha256', key).update(signed).digest();
      return `${signed}.${mac.toString('base64url')}`;
    },
    async signAnyway(otherHeader) {
      const signed = unsigned(otherHeader);
      const how = { ...privateKey.algorithm, hash: 'SHA-256' };
      const signature = await crypto.subtle.sign(how, privateKey, Buffer.from(signed));
      return `${signed}.${Buffer.from(signature).toString('base64url')}`;
    },
  };
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
