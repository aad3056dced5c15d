import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { ClientBase } from 'pg';
import type { Database } from '../../src/platform/database/database.ts';

/** What one piece of work sent to the database. */
export interface Recording<Result> {
  result: Result;
  /** SQL in the order in which the driver got it; the bounds of transactions are among it. */
  sent: string[];
  /** What the driver got with each of them. */
  values: unknown[][];
  /** The statement that was made to fail, if the work came as far as that. */
  failed: string | null;
}

/** Watches the SQL of a database below Prisma, at the driver. */
export interface StatementWatch {
  /**
   * Runs work and records what it sends; what other work sends meanwhile is left out, and so are
   * the readers and workers that a commit wakes, unless `everything` is asked for. With `failing`,
   * the server is made to refuse the statement of that number, counted from 1.
   */
  record<Result>(
    work: (sent: readonly string[]) => Promise<Result>,
    options?: { failing?: number; everything?: boolean },
  ): Promise<Recording<Result>>;
  /** Notes whatever anybody sends from now on: what sockets lead to belongs to no piece of work. */
  noteAll(): readonly string[];
}

/** How many statements some work took. */
export interface StatementCount {
  /** Without the bounds of transactions, the counters of rate limits and the keys of tokens. */
  statements: number;
  transactions: number;
}

interface Run {
  sent: string[];
  values: unknown[][];
  failing: number | undefined;
  failed: string | null;
  everything: boolean;
}

type Call = (args: unknown[]) => unknown;

const bound = /^(BEGIN|COMMIT|ROLLBACK)\b/i;
/** Only PostgreSQL keeps these in a table. */
const rateLimit = /\brate_limit\b/;
/** Done every few seconds by whoever needs a key just then; a rotation reads them in order. */
const keyRead = /\bFROM "public"\."signing_key" WHERE 1=1 OFFSET/;
/**
 * A commit wakes the tail of the event log and the workers in the context of whoever committed, and a
 * connection what notes that it is there.
 */
const background = [
  keyRead,
  /^\s*WITH held AS\b/,
  /\bpg_locks\b/,
  /^\s*SELECT \(\s*SELECT last_value/,
  /\bFROM "public"\."logged_event"/,
  /\bSELECT sequence FROM logged_event\b/,
  /\bpg_notify\(\$1, \$2\)$/,
  /^(?!\s*(WITH|INSERT)\b.*\bINSERT INTO pgboss\.|\s*INSERT INTO pgboss\.)(?=.*\bpgboss\.)/s,
];
const refused = 'SELECT 1 / 0';

/** Begins to watch a database; once for each. */
export function watchStatements({ driver }: Database): StatementWatch {
  const runs = new AsyncLocalStorage<Run>();
  const notes: string[][] = [];
  const watched = new WeakSet<object>();
  const watchQueries = (target: object) => {
    if (watched.has(target)) return;
    watched.add(target);
    intercept(target, 'query', (args, call) => {
      for (const noted of notes) noted.push(sqlOf(args) ?? '');
      return sendStatement(runs.getStore(), args, call);
    });
  };
  if (driver.kind === 'postgres') {
    driver.pool.on('acquire', (client: ClientBase) => watchQueries(client));
    // Whoever waits for a connection is called in the context of whoever gives one back.
    intercept(driver.pool, 'connect', (args, call) =>
      call(args.map((arg) => (typeof arg === 'function' ? AsyncResource.bind(arg as never) : arg))),
    );
  } else {
    watchQueries(driver.pglite);
    // PGlite begins a transaction by itself, not by a statement that it is given.
    intercept(driver.pglite, 'transaction', ([work], call) => {
      noteStatement(runs.getStore(), 'BEGIN', []);
      return call([
        (transaction: object) => {
          watchQueries(transaction);
          return typeof work === 'function' ? work(transaction) : undefined;
        },
      ]);
    });
  }
  return {
    async record(work, { failing, everything = false } = {}) {
      const run: Run = { sent: [], values: [], failing, failed: null, everything };
      const result = await runs.run(run, () => work(run.sent));
      return { result, sent: [...run.sent], values: [...run.values], failed: run.failed };
    },
    noteAll() {
      const noted: string[] = [];
      notes.push(noted);
      return noted;
    },
  };
}

/** Leaves out by what it is known who calls, which is read anew every few seconds. */
export function withoutViewer(sent: readonly string[]): string[] {
  return sent.filter((sql) => !/\bFROM session s JOIN "user" u\b/.test(sql));
}

/**
 * Leaves out what goes on beside the telling of an event: that connections are there is noted in
 * its own time, may be told itself, the tail of the log looks for what is new, and what was written
 * down is linked.
 */
function withoutAside(sent: readonly string[]): string[] {
  const aside = [
    /\bconnection_lease\b/,
    /\buser_presence\b/,
    /\bappend_events\b/,
    /\baudit_(un)?link(ed)?\b/,
    /\baudit_checkpoint\b/,
    /\bpg_try_advisory_xact_lock\b/,
  ];
  return sent.filter((sql) => ![...aside, ...background].some((pattern) => pattern.test(sql)));
}

/** Counts what was sent. */
export function countStatements(sent: readonly string[]): StatementCount {
  return {
    statements: statementsOf(sent).length,
    transactions: sent.filter((sql) => /^BEGIN\b/i.test(sql)).length,
  };
}

function statementsOf(sent: readonly string[]): string[] {
  return sent.filter((sql) => ![bound, rateLimit, keyRead].some((not) => not.test(sql)));
}

/**
 * Makes what lists the statements that anybody sends during some work, but for what goes on beside
 * it: the telling of an event is nobody's work alone.
 */
export function statementsOfAll(watch: StatementWatch) {
  const sent = watch.noteAll();
  return async (
    work: () => Promise<unknown>,
    leaveOut = (some: readonly string[]) => [...some],
  ): Promise<string[]> => {
    const before = sent.length;
    await work();
    return statementsOf(leaveOut(withoutAside(sent.slice(before))));
  };
}

/** Makes a counter of these statements. */
export function countsOfAll(watch: StatementWatch) {
  const list = statementsOfAll(watch);
  return async (...work: Parameters<typeof list>): Promise<number> => (await list(...work)).length;
}

function intercept(
  target: object,
  method: string,
  around: (args: unknown[], call: Call) => unknown,
) {
  const original = Reflect.get(target, method);
  const value = (...args: unknown[]) =>
    around(args, (passed) => Reflect.apply(original, target, passed));
  Object.defineProperty(target, method, { value, configurable: true, writable: true });
}

function sendStatement(run: Run | undefined, args: unknown[], call: Call): unknown {
  const sql = sqlOf(args);
  if (run === undefined || sql === null) return call(args);
  if (!run.everything && background.some((pattern) => pattern.test(sql))) return call(args);
  noteStatement(run, sql, valuesOf(args));
  if (run.sent.length !== run.failing) return call(args);
  run.failed = sql;
  return sql === 'COMMIT' ? failCommit(args, call) : call(withSql(args, refused));
}

function noteStatement(run: Run | undefined, sql: string, values: unknown[]): void {
  run?.sent.push(sql);
  run?.values.push(values);
}

/** Ends the transaction too, as the server does when a COMMIT fails. */
async function failCommit(args: unknown[], call: Call): Promise<unknown> {
  await call(withSql(args, 'ROLLBACK'));
  return call(withSql(args, refused));
}

function sqlOf([query]: unknown[]): string | null {
  if (typeof query === 'string') return query;
  const text = typeof query === 'object' && query !== null ? Reflect.get(query, 'text') : null;
  return typeof text === 'string' ? text : null;
}

function valuesOf([query, values]: unknown[]): unknown[] {
  const given = typeof query === 'object' && query !== null ? Reflect.get(query, 'values') : values;
  return Array.isArray(given) ? given : [];
}

function withSql([query, , ...rest]: unknown[], sql: string): unknown[] {
  // Its name is that of another text.
  const statement =
    typeof query === 'object' && query !== null
      ? { ...query, name: '', text: sql, values: [] }
      : sql;
  return [statement, [], ...rest];
}
