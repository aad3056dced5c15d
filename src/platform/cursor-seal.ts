import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { decodeBase64url } from './base64url.ts';
import type { Keyring } from './keyring.ts';

/** Closes what cursors of lists hold, so that who may not see a value reads it from no cursor. */
export interface CursorSeal {
  /**
   * Closes a content, which does not end with NUL, for the list of that name; the same content
   * always becomes the same cursor.
   */
  seal(list: string, content: string): string;
  /** Opens a cursor of the list of that name; null for whatever this server has not sealed. */
  open(list: string, cursor: string): string | null;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
/** Contents are filled up to a multiple of this, so that the length of a cursor tells little. */
const blockBytes = 64;

/**
 * Opens the seal of a server: AES-256-GCM whose nonce is the HMAC of list and content, as in
 * synthetic-IV modes (RFC 5297 says why), so that a nonce returns only with its content. Cursors
 * hold on every instance and after restarts, under the previous SECRET_KEY as well.
 */
export function createCursorSeal(keyring: Keyring): CursorSeal {
  const keys = keyring.subkeys('cursor');
  const [nonceKey] = keyring.subkeys('cursor-nonce');
  return {
    seal(list, content) {
      const text = fillUp(content);
      const nonce = createHmac('sha256', nonceKey)
        .update(JSON.stringify([list, content]))
        .digest()
        .subarray(0, nonceBytes);
      const sealing = createCipheriv(cipher, keys[0], nonce).setAAD(Buffer.from(list));
      const sealed = [nonce, sealing.update(text), sealing.final(), sealing.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },
    open(list, cursor) {
      const bytes = decodeBase64url(cursor, Math.floor((cursor.length * 3) / 4));
      if (bytes === null || bytes.byteLength < nonceBytes + tagBytes) return null;
      for (const key of keys) {
        const text = decrypt(key, list, bytes);
        if (text !== null) return text.replace(/\0+$/, '');
      }
      return null;
    },
  };
}

function fillUp(content: string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes], Math.ceil(bytes.byteLength / blockBytes) * blockBytes);
}

function decrypt(key: Buffer, list: string, bytes: Buffer): string | null {
  const nonce = bytes.subarray(0, nonceBytes);
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(list))
    .setAuthTag(bytes.subarray(-tagBytes));
  try {
    const opened = [opening.update(bytes.subarray(nonceBytes, -tagBytes)), opening.final()];
    return Buffer.concat(opened).toString();
  } catch {
    return null;
  }
}
