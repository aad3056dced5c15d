import { isIP } from 'node:net';
import { ValidationError } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { isLongEnough, normalizePassword } from '../../platform/password-text.ts';
import { createBreachLookup } from './password-breaches.ts';
import { isEasyToGuess, lettersAndDigits } from './password-patterns.ts';

/** Whose password it is to be, and where it stands in the input. */
export interface PasswordContext {
  email?: string | undefined;
  displayName?: string | undefined;
  path: string[];
}

/** Says which new passwords are taken (NIST SP 800-63B-4 §3.1.1.2). */
export interface PasswordPolicy {
  /** ValidationError with one issue, whose code names the rule that is broken. */
  check(password: string, about: PasswordContext): Promise<void>;
}

/** What a policy goes by. */
export interface PasswordPolicyParts {
  /** Characters. */
  minLength: number;
  /** Range service for breached passwords; null for none. */
  breachedUrl: string | null;
  /** Addresses of this server and its app, whose names make no password. */
  ownUrls: readonly string[];
  log: Log;
}

const rules = {
  password_like_account:
    'Is too close to the name, the address or the name of this service to be a secret.',
  password_common: 'Is made of commonly used passwords or a simple pattern.',
  password_breached: 'Is known from a data breach.',
};

/** Opens the policy; the list of common passwords is loaded when it is first needed. */
export function createPasswordPolicy(parts: PasswordPolicyParts): PasswordPolicy {
  const { minLength, breachedUrl } = parts;
  const ownNames = [
    'latchkey',
    ...parts.ownUrls.flatMap((url) => namesOfHost(new URL(url).hostname)),
  ];
  const isBreached = breachedUrl === null ? null : createBreachLookup(breachedUrl, parts.log);
  const findBroken = async (
    password: string,
    about: PasswordContext,
  ): Promise<keyof typeof rules | null> => {
    const words = await loadCommonPasswords();
    if (isLikeNames(password, [...namesOfAccount(about), ...ownNames], words)) {
      return 'password_like_account';
    }
    if (isEasyToGuess(password, words)) return 'password_common';
    return (await isBreached?.(password)) ? 'password_breached' : null;
  };
  return {
    async check(typed, about) {
      const { path } = about;
      if (!isLongEnough(typed, minLength)) {
        const message = `Must have at least ${minLength} characters.`;
        throw new ValidationError([{ path, code: 'too_small', message }]);
      }
      const code = await findBroken(normalizePassword(typed), about);
      if (code !== null) throw new ValidationError([{ path, code, message: rules[code] }]);
    },
  };
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined;

/** Loads the 50,000 passwords that are used most; about 4 MB that are kept. */
function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  commonPasswords ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  );
  return commonPasswords;
}

const fewestInName = 4;
const fewestBesideNames = 8;

/** Tells whether little of a password, or nothing but a common one, is left without the names in it. */
function isLikeNames(password: string, names: string[], words: ReadonlySet<string>): boolean {
  const whole = lettersAndDigits(password);
  const rest = names
    .filter((name) => name.length >= fewestInName)
    .sort((one, other) => other.length - one.length)
    .reduce((text, name) => text.replaceAll(name, ''), whole);
  if (rest === whole) return false;
  return rest.length < fewestBesideNames || isEasyToGuess(rest, words);
}

/** Lists the names of an account, each whole and in its words. */
function namesOfAccount({ email = '', displayName = '' }: PasswordContext): string[] {
  const [local = '', host = ''] = email.split('@');
  return [...namesIn(local), ...namesIn(displayName), ...namesOfHost(host)];
}

function namesIn(text: string): string[] {
  const normal = normalizePassword(text);
  return [normal, ...normal.split(/[^\p{L}\p{M}\p{N}]+/u)].map(lettersAndDigits);
}

/** Lists what a host is called, without what many are: its country or kind. */
function namesOfHost(host: string): string[] {
  if (isIP(host.replace(/[[\]]/g, '')) !== 0) return [];
  const labels = host.split('.');
  return labels.slice(0, Math.max(1, labels.length - 1)).flatMap(namesIn);
}
