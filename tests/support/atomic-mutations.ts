import { beforeAll, describe, expect, it } from 'vitest';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { allMailsWorked } from './mails.ts';
import { anyAddress } from './people.ts';
import { type Answer, codesOf, type Sender, send } from './request.ts';
import { type StatementWatch, watchStatements } from './statements.ts';
import { changesBetween, dumpTables } from './table-dump.ts';
import { type TestApp, useTestApp } from './test-app.ts';

/** Arranges what a mutation needs and answers with the call of it, to be made several times. */
type Arrange = (testApp: TestApp) => Promise<() => Promise<Answer<object>>>;

/** A mutation, and the member of its result that it is answered with. */
export interface AtomicMutation {
  member: string;
  arrange: Arrange;
}

/** Prepares a call from a client of its own. */
export const call =
  (testApp: TestApp) =>
  <Data extends object, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    sender: Sender = {},
  ) =>
  (): Promise<Answer<object>> =>
    send(testApp, document, variables, { ipAddress: anyAddress(), ...sender });

/** Makes each statement of each mutation fail, and sees that all was changed or nothing. */
export function describeAtomicMutations(mutations: Record<string, AtomicMutation>): void {
  // A run for each statement, and each makes its people anew.
  describe('a mutation, each of whose statements fails in turn', { timeout: 240_000 }, () => {
    const testApp = useTestApp();
    let watch: StatementWatch;
    beforeAll(() => {
      watch = watchStatements(testApp.database);
    });

    /** Runs a mutation, one statement of which fails, if any; tells what it changed. */
    async function observe(run: () => Promise<Answer<object>>, failing?: number) {
      await allMailsWorked(testApp);
      const before = await dumpTables(testApp.database);
      const { result, sent, failed } = await watch.record(run, failing ? { failing } : {});
      const changes = changesBetween(before, await dumpTables(testApp.database));
      return { answer: result, sent, failed, changes };
    }

    it.each(Object.entries(mutations))('%s, changes all or nothing', async (_, mutation) => {
      const whole = await observe(await mutation.arrange(testApp));
      expect(memberOf(whole.answer)).toBe(mutation.member);
      expect(whole.changes).not.toEqual({});
      // Outside a transaction the last write is the commit.
      const committedAt = whole.sent.findLastIndex((sql) => /^\s*(COMMIT|UPDATE)\b/.test(sql));
      for (const [index, sql] of whole.sent.entries()) {
        // PGlite is not sent this one: it begins by itself.
        if (sql === 'BEGIN' && testApp.database.driver.kind === 'embedded') continue;
        const run = await mutation.arrange(testApp);
        const { answer, failed, changes } = await observe(run, index + 1);
        const isEasing =
          index > committedAt && sql.includes('rate_limit') && !sql.startsWith('DELETE');
        expect({ failed, codes: codesOf(answer), changes }).toEqual({
          failed: sql,
          // A limit that is eased after a sign-in can be done without.
          codes: isEasing ? [] : ['INTERNAL_SERVER_ERROR'],
          changes: index > committedAt ? whole.changes : {},
        });
        if (index > committedAt) continue;
        const next = await observe(run);
        expect(memberOf(next.answer)).toBe(mutation.member);
        expect(next.changes).toEqual(whole.changes);
      }
    });
  });
}

/** Reads which member of its result union a mutation was answered with. */
function memberOf({ body }: Answer<object>): unknown {
  const [result] = Object.values(body.data ?? {});
  return body.errors ?? Object(result).__typename;
}
