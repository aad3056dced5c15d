import { isIP } from 'node:net';
import { z } from 'zod';
import { parseUrl } from './addresses.ts';

/** How the text of a variable is checked and read, and how that is said to a person. */
export interface Kind<Value> {
  schema: z.ZodType<Value, string>;
  /** Completes "expected …". */
  expected: string;
}

const text = z.string().trim();
const hostName =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const webOrigin = /^https?:\/\/[^/?#@\\\s*]+\/?$/i;
const webAddress = /^https?:\/\/[^/?#@\\\s*]+(?:\/[^?#\\\s]*)?$/i;
const mailbox =
  /^(?:(?:"[^"\\\p{Cc}]*"|[^"<>,;:@()[\]\\\p{Cc}]+) ?<(?<inner>[^<>]+)>|(?<bare>[^<>]+))$/u;

/** Takes any text, without the white space around it. */
export function anyText(expected: string): Kind<string> {
  return { schema: text, expected };
}

/** Takes a whole number within bounds, both included, in plain decimal digits. */
export function wholeNumber(minimum: number, maximum: number, unit = ''): Kind<number> {
  return {
    schema: text
      .regex(/^(?:0|[1-9]\d{0,14})$/)
      .transform(Number)
      .refine((value) => value >= minimum && value <= maximum),
    expected: `a whole number from ${minimum} to ${maximum}${unit === '' ? '' : ` (${unit})`}`,
  };
}

/** Takes a whole number within bounds, or a word that stands for one. */
export function wholeNumberOr<const Word extends string>(
  word: Word,
  minimum: number,
  maximum: number,
): Kind<number | Word> {
  const number = wholeNumber(minimum, maximum);
  return {
    schema: z.union([text.pipe(z.literal(word)), number.schema]),
    expected: `${number.expected}, or \`${word}\``,
  };
}

/** Takes one of some words, in exactly this spelling. */
export function oneOf<const Word extends string>(...words: Word[]): Kind<Word> {
  return {
    schema: text.pipe(z.enum(words)),
    expected: `one of ${words.map((word) => `\`${word}\``).join(', ')}`,
  };
}

/** Takes `true` or `false`. */
export function flag(): Kind<boolean> {
  return {
    schema: text.pipe(z.enum(['true', 'false'])).transform((word) => word === 'true'),
    expected: '`true` or `false`',
  };
}

/** Takes a host name or an IP address to listen on. */
export function listenHost(): Kind<string> {
  return {
    schema: text.refine((host) => isIP(host) !== 0 || hostName.test(host)),
    expected: 'a host name or an IP address, without scheme, port or brackets',
  };
}

/** Takes an origin and returns it as browsers write it: lower case, no default port, no slash. */
export function origin(): Kind<string> {
  return {
    schema: text
      .refine((url) => webOrigin.test(url) && URL.canParse(url))
      .transform((url) => new URL(url).origin),
    expected: 'an `https://` (on this machine `http://`) URL of host and port only, no path',
  };
}

/** Takes a web address, possibly with a path, and returns it without a slash at its end. */
export function webPage(): Kind<string> {
  return {
    schema: text
      .refine((url) => webAddress.test(url) && URL.canParse(url))
      .transform((url) => new URL(url).href.replace(/\/+$/, '')),
    expected:
      'an `https://` (on this machine `http://`) URL without user, query or fragment; a path is allowed',
  };
}

/** Takes origins exactly as browsers send them, or `*` alone. */
export function originList(): Kind<string[]> {
  const isOrigin = (entry: string) => webOrigin.test(entry) && parseUrl(entry)?.origin === entry;
  return {
    schema: text
      .transform((list) => [...new Set(list.split(',').map((entry) => entry.trim()))])
      .refine((entries) => entries.every(isOrigin) || entries.join() === '*'),
    expected:
      'origins as browsers send them, separated by commas: scheme, host in lower case, a port other than the default, no slash at the end',
  };
}

/** Takes the URL of a service with one of these schemes (written without `://`). */
export function serviceUrl(...schemes: [string, string]): Kind<string> {
  return {
    schema: text.refine((value) => {
      const url = parseUrl(value);
      return url !== null && schemes.includes(url.protocol.slice(0, -1)) && isPlainService(url);
    }),
    expected: `a \`${schemes[0]}://\` or \`${schemes[1]}://\` URL; special characters of a password percent-encoded`,
  };
}

function isPlainService(url: URL): boolean {
  return url.hostname !== '' && url.hash === '' && url.port !== '0';
}

/** Takes a sender: an address, or a name and the address in angle brackets. */
export function sender(): Kind<string> {
  return {
    schema: text.refine((value) => {
      const groups = mailbox.exec(value)?.groups;
      return z.regexes.html5Email.test(groups?.inner ?? groups?.bare ?? '');
    }),
    expected: 'an e-mail address, or a name followed by the address in angle brackets',
  };
}

/** Takes the e-mail address of one person. */
export function personAddress(): Kind<string> {
  return {
    schema: text.pipe(z.email({ pattern: z.regexes.html5Email }).max(254)),
    expected: 'an e-mail address',
  };
}
