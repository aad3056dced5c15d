import {
  type CryptoKey,
  calculateJwkThumbprint,
  compactVerify,
  errors,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose';
import { z } from 'zod';
import type { ChainPlace } from './chain.ts';

/** The type of a checkpoint (RFC 8725 §3.11); nothing that a session comes with has it. */
const checkpointType = 'latchkey-audit-checkpoint+jwt';

/** What checkpoints may be signed with. */
const algorithms = ['EdDSA', 'ES256'];

const claims = z.object({
  iss: z.string(),
  iat: z.int(),
  position: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Who states how far the chain went, and when. */
export interface CheckpointSigner {
  kid: string;
  algorithm: string;
  privateKey: CryptoKey;
  issuer: string;
  now: Date;
}

/** Signs a statement of how far the chain went. It has no subject, audience or end, as tokens do. */
export function signCheckpoint({ position, hash }: ChainPlace, signer: CheckpointSigner) {
  return new SignJWT({ position: Number(position), hash })
    .setProtectedHeader({ alg: signer.algorithm, typ: checkpointType, kid: signer.kid })
    .setIssuer(signer.issuer)
    .setIssuedAt(signer.now)
    .sign(signer.privateKey);
}

/**
 * Reads what a checkpoint states if it is signed by that key and names it by its thumbprint
 * (RFC 7638); else null. Whose key it is, only somebody who knows the keys can tell.
 */
export async function verifyCheckpoint(
  statement: string,
  publicJwk: JWK,
): Promise<(ChainPlace & { kid: string }) | null> {
  try {
    const kid = await calculateJwkThumbprint(publicJwk);
    const key = await importJWK({ kty: '', ...publicJwk });
    const { payload, protectedHeader } = await compactVerify(statement, key, { algorithms });
    if (protectedHeader.typ !== checkpointType || protectedHeader.kid !== kid) return null;
    const { position, hash } = claims.parse(JSON.parse(Buffer.from(payload).toString()));
    return { position: BigInt(position), hash, kid };
  } catch (error) {
    const isRefusal = error instanceof errors.JOSEError || error instanceof z.ZodError;
    // What the platform says of a key or a text that is none.
    const isUnreadable = [TypeError, SyntaxError, DOMException].some(
      (type) => error instanceof type,
    );
    if (isRefusal || isUnreadable) return null;
    throw error;
  }
}
