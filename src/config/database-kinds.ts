import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseUrl } from './addresses.ts';
import type { Kind } from './kinds.ts';

const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'];

/**
 * Takes the URL of a PostgreSQL database.
 *
 * Refuses TLS parameters other than `sslmode`: the driver lets those of the URL override the
 * settings of the program, so a forgotten one could turn the check of the certificate off.
 */
export function postgresUrl(): Kind<string> {
  return {
    schema: z
      .string()
      .trim()
      .refine((text) => {
        const url = parseUrl(text);
        return url !== null && namesOneDatabase(url) && leavesTlsToSettings(url);
      }),
    expected:
      '`postgres://user:password@host:port/database`, special characters of the password percent-encoded; TLS is set by `DATABASE_TLS`, not by parameters other than `sslmode`',
  };
}

/** Reads the host that the driver will connect to; a path when it is a Unix socket. */
export function databaseHost(url: URL): string {
  return url.searchParams.get('host') || decodeURIComponent(url.hostname);
}

function namesOneDatabase(url: URL): boolean {
  const host = url.searchParams.get('host') || url.hostname;
  return (
    ['postgres:', 'postgresql:'].includes(url.protocol) &&
    /^[^,\s]+$/.test(host) &&
    /^\/[^/]+$/.test(url.pathname) &&
    url.hash === '' &&
    [url.hostname, url.username, url.password, url.pathname].every(isDecodable)
  );
}

function leavesTlsToSettings(url: URL): boolean {
  const names = [...url.searchParams.keys()];
  const mode = url.searchParams.get('sslmode');
  return (
    new Set(names).size === names.length &&
    names.every((name) => name === 'sslmode' || !/^(?:ssl|uselibpqcompat)/i.test(name)) &&
    (mode === null || sslModes.includes(mode))
  );
}

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/** Takes the path of a readable file whose first entry is a certificate. */
export function certificateFile(): Kind<string> {
  return {
    schema: z
      .string()
      .trim()
      .refine((path) => {
        try {
          return new X509Certificate(readFileSync(path)).subject !== undefined;
        } catch {
          return false;
        }
      }),
    expected: 'the path of a readable file with a certificate in PEM form',
  };
}
