import type { Database } from '../../src/platform/database/database.ts';
import { explain, type PlanStep, type SentStatement } from './query-plans.ts';

/** What statements read, by their plans and as they were really run. */
export interface Reading {
  /** Rows looked at in each table that has many, those that were left out among them. */
  rows: Record<string, number>;
  /** Pages of tables and indexes, wherever they were found. */
  buffers: number;
  /** The tables of many rows that were read as a whole. */
  wholeTables: string[];
}

/** Tables with fewer rows are read as a whole, and rightly. */
const fewRows = 1_000;

/** Lists the tables that have many rows, as the planner knows them. */
export async function listBigTables({ prisma }: Database): Promise<string[]> {
  const tables = await prisma.$queryRaw<{ name: string }[]>`
    SELECT relname::text AS name FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= ${fewRows}::int`;
  return tables.map(({ name }) => name);
}

/** Runs what reads among the statements once more, and adds up what it looks at. */
export async function readAgain(
  database: Database,
  bigTables: readonly string[],
  sent: readonly SentStatement[],
): Promise<Reading> {
  const reading: Reading = { rows: {}, buffers: 0, wholeTables: [] };
  for (const statement of sent.filter(({ sql }) => /^\s*SELECT\b/.test(sql))) {
    const steps = await explain(database, statement, { analyze: true });
    reading.buffers += buffersOf(steps[0]);
    for (const step of steps) {
      const table = step['Relation Name'];
      if (table === undefined || !bigTables.includes(table)) continue;
      reading.rows[table] = (reading.rows[table] ?? 0) + rowsOf(step);
      if (step['Node Type'] === 'Seq Scan') reading.wholeTables.push(table);
    }
  }
  return reading;
}

const buffersOf = (step: PlanStep | undefined): number =>
  (step?.['Shared Hit Blocks'] ?? 0) + (step?.['Shared Read Blocks'] ?? 0);

/** Numbers are means of the loops. */
function rowsOf(step: PlanStep): number {
  const each =
    (step['Actual Rows'] ?? 0) +
    (step['Rows Removed by Filter'] ?? 0) +
    (step['Rows Removed by Index Recheck'] ?? 0);
  return each * (step['Actual Loops'] ?? 0);
}
