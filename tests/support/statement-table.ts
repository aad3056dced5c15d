import { manyRows } from './crowd.ts';
import { canBeMany, type RootRow, rootRows } from './root-questions.ts';
import type { CountOf } from './statement-counts.ts';

/** Counts for every root field, and writes the table of it as a page of the documentation. */
export async function printStatements(countOf: CountOf): Promise<string> {
  const parts: string[] = [preamble];
  for (const typename of ['Query', 'Mutation', 'Subscription'] as const) {
    const lines: string[] = [];
    for (const row of rootRows().filter((one) => one.typename === typename)) {
      lines.push(await printRow(row, countOf));
    }
    parts.push(`## ${typename}`, [heading, ...lines].join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

async function printRow(row: RootRow, countOf: CountOf): Promise<string> {
  const isMany = row.typename !== 'Subscription' && canBeMany(row);
  const cells = [
    `\`${row.row}\``,
    who[row.column],
    await countOf(row, { rows: 1, isKnown: true }),
    row.column === 'stranger' ? '–' : await countOf(row, { rows: 1, isKnown: false }),
    await countOf(row, { rows: 1, isKnown: true, inFull: true }),
    isMany ? await countOf(row, { rows: manyRows, isKnown: true, inFull: true }) : '–',
  ];
  return `| ${cells.join(' | ')} |`;
}

const who: Record<RootRow['column'], string> = {
  stranger: 'a stranger',
  self: 'the user themself',
  support: 'support',
  admin: 'an administrator',
};

const heading = [
  `| Field | Asked for by | At least | Session unknown | In full | In full, ${manyRows} rows |`,
  '|---|---|---|---|---|---|',
].join('\n');

const preamble = `# What each root field asks of the database

How many SQL statements an answer takes, and in how many transactions: \`6 in 1\` is six statements in
one transaction, \`1\` a single statement without any. \`tests/api/root-field-statements.test.ts\` counts
below Prisma, on the embedded database and on PostgreSQL, and holds this page to what it gets; after a
change, \`npx vitest run --project standalone tests/api/root-field-statements.test.ts -u\` prints it anew.

- **At least**: asked for \`__typename\` alone, of one row where it is a list, by somebody who was
  answered \`me\` just before. **Session unknown**: the same, when nothing is kept of who calls.
- **In full**: with all that whoever asks may read of it, and the ids of what that leads to, of one row.
  **${manyRows} rows**: of so many. Where that is much more than of one, something is asked for row by
  row.
- What is read is asked for by whoever may see most of it, what is changed by whoever has the least that
  is needed. A mutation is counted up to its answer, when there is something to be done; what is left
  to jobs is not counted.
- A subscription is counted up to its first answer, \`messageReceived\` up to its beginning.
  \`renewConnection\` is counted on a WebSocket, which knows who it belongs to.
- The counters of rate limits, which PostgreSQL keeps in a table unless there is Redis, and the
  signing keys, which are read every few seconds, are left out, as are the bounds of transactions.
`.trimEnd();
