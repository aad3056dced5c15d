import { beforeAll, describe, expect, it } from 'vitest';
import {
  type AskFrom,
  createAddresses,
  createAskFrom,
  outcomeOf,
} from '../support/access-questions.ts';
import { createWorld, type World } from '../support/access-world.ts';
import { type Crowd, makeCrowd, manyRows } from '../support/crowd.ts';
import { longLists } from '../support/long-lists.ts';
import { fillAll } from '../support/many-rows.ts';
import { listBigTables, type Reading, readAgain } from '../support/reading.ts';
import { type Asking, type RootRow, rootRows, writeQuestion } from '../support/root-questions.ts';
import { type StatementWatch, watchStatements } from '../support/statements.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const accounts = 10_000;

let testApp: TestApp;
let watch: StatementWatch;
let world: World;
let crowd: Crowd;
let askFrom: AskFrom;
let bigTables: string[];
beforeAll(async () => {
  const running = await startTestApp({ GRAPHQL_MAX_COST: '1000000' });
  testApp = running;
  watch = watchStatements(running.database);
  world = await createWorld(running);
  crowd = await makeCrowd(running, world);
  askFrom = createAskFrom(running, world, createAddresses());
  await fillAll(running.database, accounts, [world.people.self, world.people.admin]);
  bigTables = await listBigTables(running.database);
  return running.stop;
}, 120_000);

/** Asks for a root query, and sees what its statements read. */
async function readingOf(row: RootRow, asking: Asking): Promise<Reading> {
  const { self, admin } = world.people;
  const besides = asking.besides?.replace('SELF', self.id).replace('ADMIN', admin.id) ?? '';
  const asked = { rows: manyRows, ...asking, besides };
  const question = await writeQuestion(world, crowd, row, asked);
  const { accessToken } = row.column === 'admin' ? admin : self;
  const run = () => askFrom(question, accessToken);
  const { result, sent, values } = await watch.record(run, { everything: true });
  expect({ question, outcome: outcomeOf(result) }).toEqual({ question, outcome: 'value' });
  const statements = sent.map((sql, index) => ({ sql, values: values[index] ?? [] }));
  return readAgain(testApp.database, bigTables, statements);
}

const query = (row: string, column: RootRow['column']): RootRow => ({
  typename: 'Query',
  row,
  column,
});

/** What must be read as a whole, with the reason. */
const wholeReads: Record<string, { tables: string[]; reason: string }> = {
  users: { tables: ['user'], reason: 'Whoever counts them all reads them all.' },
};

/** What grows with the accounts; roles and signing keys do not. */
const growing = [
  ...[
    'audit_event',
    'audit_link',
    'audit_origin',
    'avatar',
    'connection_lease',
    'data_export',
    'logged_event',
  ],
  ...['message', 'session', 'user', 'user_block', 'user_presence', 'user_role'],
];

describe('a root query among many rows', () => {
  it('is asked of tables that the planner would not read as a whole', () => {
    expect(bigTables).toEqual(expect.arrayContaining(growing));
  });

  it.each(rootRows().filter(({ typename }) => typename === 'Query'))(
    'reads no table as a whole: $row, by $column',
    async (row) => {
      const { wholeTables } = await readingOf(row, { inFull: true });
      expect(wholeTables).toEqual(wholeReads[row.row]?.tables ?? []);
    },
  );
});

/** A page is put together of so many parts at most: what is one's own, and each channel and topic. */
const mostParts = 6;

const mostOf = ({ rows }: Reading) => Math.max(0, ...Object.values(rows));

describe.each(longLists)('$name by $column, $besides', ({ name, column, besides, middle }) => {
  it('reads as much for a page in the middle as for the first', async () => {
    const first = await readingOf(query(name, column), { besides });
    expect(mostOf(first)).toBeLessThanOrEqual(mostParts * (manyRows + 1));
    const after = `after: "${await middle(testApp, world)}"`;
    const besidesCursor = besides === '' ? after : `${besides}, ${after}`;
    const deep = await readingOf(query(name, column), { besides: besidesCursor });
    expect(mostOf(deep)).toBeGreaterThan(0);
    expect(mostOf(deep)).toBeLessThanOrEqual(2 * mostOf(first));
    // Those in the middle may lie apart, each on a page of its own.
    expect(deep.buffers).toBeLessThanOrEqual(2 * first.buffers + manyRows);
    expect([...first.wholeTables, ...deep.wholeTables]).toEqual([]);
  });
});

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const someHours = `{from: "${hoursAgo(8)}", to: "${hoursAgo(4)}"}`;

describe('a search among many rows', () => {
  it.each([
    ['users', '{search: "user 77"}'],
    ['users', '{search: "USER7777"}'],
    ['users', '{search: "user"}'],
    ['users', '{search: "nobody"}'],
    ['users', '{email: "user7777@example.com"}'],
    ['users', '{status: [SUSPENDED]}'],
    ['users', '{status: [ACTIVE, SUSPENDED]}'],
    ['users', '{role: "admin"}'],
    ['users', '{role: "user"}'],
    ['users', '{emailVerified: true}'],
    ['users', '{emailVerified: false}'],
    ['users', `{createdAt: ${someHours}}`],
    ['users', `{lastSeenAt: ${someHours}}`],
    ['auditEvents', `{occurredAt: ${someHours}}`],
  ])('reads about as much as a page: %s, %s', async (name, filter) => {
    const page = await readingOf(query(name, 'admin'), {});
    const found = await readingOf(query(name, 'admin'), { besides: `filter: ${filter}` });
    expect(mostOf(found)).toBeLessThanOrEqual(2 * mostOf(page));
    expect(found.wholeTables).toEqual([]);
  });
});
