import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import type { ActiveKey } from '../../src/modules/auth/signing-key-store.ts';
import { loadSigningKeys } from '../../src/modules/auth/signing-keys.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import type { Person } from './people.ts';
import { secretKey, type TestApp } from './test-app.ts';

/** Makes tokens that a server would never make. */
export interface Forger {
  /** Signs with the server's own key; undefined takes a claim or header away. */
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** Signs what the server would with a key that is not the server's. */
  signWithOwnKey(header?: (publicJwk: JWK) => Record<string, unknown>): Promise<string>;
  /** Signs as `none`, or with HMAC under what is public of the server's key. */
  signWithout(alg: string, key?: string | Buffer): string;
  /** The server's public key as it publishes it. */
  publicJwk: JWK;
}

/** Opens the server's key and forges tokens for a person's session with it. */
export async function createForger(testApp: TestApp, person: Person): Promise<Forger> {
  const keyring = createKeyring(secretKey, null);
  const keys = await loadSigningKeys({
    database: testApp.database,
    keyring,
    clock: testApp.clock.now,
    tokenLifetimeSeconds: testApp.config.tokens.accessTokenSeconds,
  });
  const publicJwk = (await keys.publish()).keys.find(({ kid }) => kid === keys.active.kid) ?? {};
  const issuer = testApp.config.publicUrl;
  const issuedAt = Math.floor(testApp.clock.now().getTime() / 1000);
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
  const header = { alg: 'EdDSA', typ: 'at+jwt', kid: keys.active.kid };
  const sign = (key: ActiveKey['privateKey'], payload: object, protectedHeader: object) =>
    new SignJWT({ ...payload })
      .setProtectedHeader(JSON.parse(JSON.stringify(protectedHeader)) as JWTHeaderParameters)
      .sign(key);
  return {
    publicJwk,
    sign: (otherClaims, otherHeader) =>
      sign(keys.active.privateKey, { ...claims, ...otherClaims }, { ...header, ...otherHeader }),
    async signWithOwnKey(otherHeader = () => ({})) {
      const { privateKey, publicKey } = await generateKeyPair('EdDSA');
      const ownJwk = await exportJWK(publicKey);
      return sign(privateKey, claims, { ...header, ...otherHeader(ownJwk) });
    },
    signWithout(alg, key) {
      const signed = [{ ...header, alg }, claims].map(encode).join('.');
      const mac = key === undefined ? '' : createHmac('sha256', key).update(signed).digest();
      return `${signed}.${mac.toString('base64url')}`;
    },
  };
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
