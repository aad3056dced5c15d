import { readFileSync } from 'node:fs';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startListeningApp } from '../support/listening-app.ts';
import { production } from '../support/production.ts';

const asksForSchema = 'Asks for a type of the schema, which this server does not show.';

/** Audits that fail where the schema is hidden, by id, and why. */
const departures = new Map([
  // SHOULD and MUST allow variables by POST.
  ['2EA1', asksForSchema],
  ['28B9', asksForSchema],
  // MAY allow variables by GET.
  ['D6D5', asksForSchema],
  ['6A70', asksForSchema],
]);

describe.each([
  { mode: 'shows', environment: {}, reasons: new Map<string, string>() },
  { mode: 'hides', environment: production, reasons: departures },
])('a server that $mode its schema', ({ environment, reasons }) => {
  let running: Awaited<ReturnType<typeof startListeningApp>>;
  beforeAll(async () => {
    running = await startListeningApp(environment);
  });
  afterAll(() => running.stop());

  const audits = serverAudits({ url: () => `${running.url}/graphql`, fetchFn: fetch });
  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const reason = reasons.get(audit.id);
    const result = await audit.fn();
    if (reason === undefined) expect(result).toMatchObject({ status: 'ok' });
    else expect(result, reason).toHaveProperty('reason');
  });
});

it('departs in what docs/guides/transports.md says, and in nothing else', () => {
  const guide = readFileSync('docs/guides/transports.md', 'utf8');
  const audits = serverAudits({ url: '' });
  const departing = audits.filter(({ id }) => departures.has(id));
  expect(guide.match(/^\| \w{4} \| (?:MUST|SHOULD|MAY) .*$/gm)).toEqual(
    departing.map(({ id, name }) => `| ${id} | ${name} |`),
  );
  expect(departing).toHaveLength(departures.size);
  expect(guide).toContain(`the ${audits.length} audits`);
});
