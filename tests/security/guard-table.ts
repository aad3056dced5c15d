import { settings } from '../../src/config/settings.ts';
import { clientGuards, clientSettings } from './client-guards.ts';
import { documentGuards, documentSettings } from './document-guards.ts';
import { carriers, type Guard, type Refusal } from './guard.ts';
import { requestGuards, requestSettings } from './request-guards.ts';

/** All guards by what they guard against. */
export const guards: Record<string, Guard> = {
  ...documentGuards,
  ...requestGuards,
  ...clientGuards,
};

/** The environment of a server on which every guard is met by a small attack. */
export const strictEnvironment: Record<string, string> = Object.fromEntries(
  Object.entries({ ...documentSettings, ...requestSettings, ...clientSettings }).map(
    ([name, value]) => [name, String(value)],
  ),
);

const introduction = `# What is guarded on which transport

Every guard of an operation and of those who send it, and how it refuses on each way in.
\`tests/security/attacks-table.test.ts\` attacks a listening server in each of these ways and holds
this page to what it gets; after a change, \`npx vitest run tests/security/attacks-table.test.ts -u\`
prints it anew.

- A number is the HTTP status; on a WebSocket it is that of the handshake. **error**: the operation
  is answered by an \`error\` message, and the socket goes on. **close**: the socket is closed with
  that code.
- – where a transport cannot carry the attack: what is asked by GET has no body, and a URL is never
  longer than the 16 KiB that all headers of a request may have (431).
- [errors.md](errors.md) says what each code asks of a client, [configuration.md](configuration.md)
  what each setting may be.
`;

/** Writes the page of the documentation. */
export function printGuards(): string {
  const head = ['Guard', 'Setting', 'Default', 'Code', ...carriers.all];
  const rows = Object.entries(guards).map(([what, guard]) => [
    what,
    guard.settings.map((name) => `\`${name}\``).join(', '),
    guard.settings.map(defaultOf).join(', '),
    codesOf(guard),
    ...carriers.all.map((transport) => cellOf(guard.refusals[transport])),
  ]);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${introduction}\n${lines.join('\n').replaceAll('|  |', '| |').replaceAll('|  |', '| |')}\n`;
}

function defaultOf(name: Guard['settings'][number]): string {
  const { default: text, whenUnset } = settings[name];
  return text ?? whenUnset ?? '';
}

/** Lists the codes of the errors that a guard answers with. */
function codesOf({ refusals }: Guard): string {
  const codes = Object.values(refusals).map(({ code }) => code);
  return [...new Set(codes.filter((code) => !isClosing(code)))].map((code) => `\`${code}\``).join();
}

function cellOf(refusal: Refusal | undefined): string {
  if (refusal === undefined) return '–';
  if (refusal.status !== null) return String(refusal.status);
  return isClosing(refusal.code) ? refusal.code.replace('CLOSED_', 'close ') : 'error';
}

const isClosing = (code: string) => code.startsWith('CLOSED_');
