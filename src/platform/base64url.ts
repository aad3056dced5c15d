/**
 * Decodes base64url of a known length in bytes. Returns null unless the text is the one canonical
 * encoding (RFC 4648 §5, no padding, no stray bits), so that a token has exactly one spelling.
 */
export function decodeBase64url(text: string, byteLength: number): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.byteLength === byteLength && bytes.toString('base64url') === text ? bytes : null;
}
