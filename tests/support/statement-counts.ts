import { announceAccess } from './access-notices.ts';
import { createAddresses, createAskFrom, outcomeOf } from './access-questions.ts';
import type { World } from './access-world.ts';
import { linkAll } from './audit-trail.ts';
import type { Crowd } from './crowd.ts';
import type { ListeningApp } from './listening-app.ts';
import { openStream } from './live-answers.ts';
import { allMailsWorked } from './mails.ts';
import type { GraphqlBody } from './raw-request.ts';
import { type Asking, type RootRow, writeQuestion } from './root-questions.ts';
import { openConversation } from './socket-client.ts';
import { countStatements, countsOfAll, watchStatements } from './statements.ts';

/** Says how a root field is counted. */
export interface Counting extends Asking {
  /** Whether the instance knows already who calls with the session. */
  isKnown: boolean;
}

/** Counts the statements of one answer, as `statements` or `statements in transactions`. */
export type CountOf = (row: RootRow, counting: Counting) => Promise<string>;

/** What is asked for before, so that there is something to be done. */
const before: Record<string, string> = {
  blockUser: 'unblockUser',
  cancelAccountDeletion: 'scheduleAccountDeletion',
  removeAvatar: 'uploadAvatar',
  unblockUser: 'blockUser',
  uploadAvatar: 'removeAvatar',
};

/** Makes a counter that asks for root fields as the access matrix does; fails unless all is answered. */
export function createCounter(testApp: ListeningApp, world: World, crowd: Crowd): CountOf {
  const watch = watchStatements(testApp.database);
  const anyAddress = createAddresses();
  const askFrom = createAskFrom(testApp, world, anyAddress);

  /** Takes back what was done to rows that more than one question is about, and waits for jobs. */
  async function settle({ prisma }: ListeningApp['database']): Promise<void> {
    // Prisma would read rows for a mail and for an answer at once, and either counts for both.
    await allMailsWorked(testApp);
    await prisma.message.updateMany({ data: { readAt: null } });
    const where = { id: world.people.self.sessionId };
    await prisma.session.updateMany({ where, data: { revokedAt: null, revokeReason: null } });
    // Or a refresh would be taken for one of two at a time.
    await prisma.$executeRaw`UPDATE session SET rotated_at = rotated_at - interval '1 minute'`;
    // Linked some seconds later by itself.
    await linkAll({ prisma });
  }

  async function arrange(row: RootRow, accessToken: string | undefined): Promise<void> {
    const earlier = before[row.row];
    if (earlier === undefined) return;
    const question = await writeQuestion(world, crowd, { ...row, row: earlier });
    requireValue(question, await askFrom(question, accessToken));
  }

  async function subscribe(query: string, accessToken: string | undefined): Promise<GraphqlBody> {
    const ipAddress = anyAddress();
    const answers = await openStream(testApp, { query }, { accessToken, ipAddress });
    // Says nothing by itself.
    const isSilent = query.includes('messageReceived');
    const first = isSilent ? { data: { probe: true } } : await answers.next();
    await answers.leave();
    return JSON.parse(JSON.stringify(first));
  }

  async function countOnSocket(token: string): Promise<string> {
    const socket = await openConversation(testApp, { token });
    await settle(testApp.database);
    const query = `mutation { renewConnection(token: "${token}") { __typename } }`;
    const counted = await countsOfAll(watch)(() => socket.askOnce(query));
    socket.close();
    await socket.closed;
    return `${counted}`;
  }

  return async (row, { isKnown, ...asking }) => {
    const { typename, column } = row;
    const session = column === 'stranger' ? null : await world.startSession(world.people[column]);
    const accessToken = session?.accessToken;
    if (row.row === 'renewConnection') return countOnSocket(accessToken ?? '');
    await arrange(row, accessToken);
    const question = await writeQuestion(world, crowd, row, asking);
    await settle(testApp.database);
    // What others were told of changes before is heard by then.
    await announceAccess(testApp, 'everybody');
    if (isKnown) await askFrom('{ me { id } }', accessToken);
    const ask = typename === 'Subscription' ? subscribe : askFrom;
    const { result, sent } = await watch.record(() => ask(question, accessToken), {
      // Workers that a commit wakes read the log, too.
      everything: typename === 'Query',
    });
    requireValue(question, result);
    const { statements, transactions } = countStatements(sent);
    return transactions === 0 ? `${statements}` : `${statements} in ${transactions}`;
  };
}

function requireValue(question: string, answer: GraphqlBody): void {
  if (outcomeOf(answer) === 'value') return;
  throw new Error(`${question}\nwas answered ${JSON.stringify(answer, null, 2)}`);
}
