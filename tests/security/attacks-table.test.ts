import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { operationSettings } from '../../src/config/operation.settings.ts';
import type { OperationCall } from '../../src/graphql/call.ts';
import { useAttackedApp } from '../support/attacked-app.ts';
import { anyAddress } from '../support/people.ts';
import type { TransportName } from '../support/transport.ts';
import { transports } from '../support/transports.ts';
import { guards, printGuards, strictEnvironment } from './guard-table.ts';

/** By which ways an operation comes to the one door; another one would not type-check without. */
const ways: Record<OperationCall['transport'], TransportName[]> = {
  http: ['POST', 'GET'],
  sse: ['Event stream by POST', 'Event stream by GET'],
  websocket: ['WebSocket'],
};

/** What operators set about operations that guards nothing. */
const noGuards = ['GRAPHIQL'];

/** Codes that an attack cannot be answered with: what the server is, or who asks, decides them. */
const noRefusals = [
  // Of a field, whose neighbours are answered; cookie-requests.test.ts asks for it.
  'COOKIES_UNAVAILABLE',
  // Of a field likewise; renew-connection.test.ts asks for it.
  'CONNECTION_REQUIRED',
  'FORBIDDEN',
  'SIGN_UP_DISABLED',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
];

function documentedCodes(): string[] {
  const page = readFileSync('docs/errors.md', 'utf8');
  const [, topLevel = ''] = page.split(/^## /m).filter((part) => /^(In|At) /.test(part));
  return [...topLevel.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1] ?? '');
}

const rows = Object.entries(guards).map(([what, guard]) => ({ what, guard }));

describe('the table of guards', () => {
  it('knows every way in', () => {
    expect(transports.map(({ name }) => name)).toEqual(Object.values(ways).flat());
  });

  it('has a row for every setting of operations and clients', () => {
    const guarded = new Set<string>(rows.flatMap(({ guard }) => guard.settings));
    const all = Object.keys(operationSettings).filter((name) => !noGuards.includes(name));
    expect(all.filter((name) => !guarded.has(name))).toEqual([]);
  });

  it('has a row for every code at the top level that a client can bring about', () => {
    const met = new Set(
      rows.flatMap(({ guard }) => Object.values(guard.refusals)).map(({ code }) => code),
    );
    const all = documentedCodes();
    expect(all).not.toEqual([]);
    expect(all.filter((code) => !met.has(code)).sort()).toEqual([...noRefusals].sort());
  });

  it('is the page of the documentation', async () => {
    await expect(printGuards()).toMatchFileSnapshot('../../docs/security-guards.md');
  });
});

describe('a strict server', () => {
  const app = useAttackedApp(strictEnvironment);

  it.each(rows)('holds on every transport: $what', async ({ guard }) => {
    const answers: Record<string, unknown> = {};
    for (const transport of transports.filter(({ name }) => guard.refusals[name])) {
      const asker = { authorization: app.authorization, ipAddress: anyAddress() };
      const { data, codes, status } = await guard.attack({
        app,
        transport,
        asker,
        ask: (question, more) => transport.ask(app.url, question, { ...asker, ...more }),
      });
      expect(data).toBeUndefined();
      answers[transport.name] = { code: codes.join(), status };
    }
    expect(answers).toEqual(guard.refusals);
  });
});
