import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { LoggedEvent } from '../generated/prisma/client.ts';
import type { StreamedEvent } from '../platform/event-log/stream-entries.ts';
import { createFairTurns } from '../platform/fair-turns.ts';
import { createSharedRows, type SharedRows } from '../platform/shared-rows.ts';
import type { Context } from './context.ts';
import {
  type AnswerTo,
  type Comer,
  type EventReader,
  identify,
  type Member,
} from './event-readers.ts';
import { involvedIn, isSameViewer, viewerKey } from './viewer-key.ts';

/** Answers an entry of a stream for one of its readers; never before it returns. */
export type AnswerEvent = (entry: unknown, reader: EventReader, to: AnswerTo) => void;

const concurrentAnswers = 4;

/**
 * Builds what answers events: readers that come to one at the same time, and whose answers must be
 * the same, share one execution, and all of them the rows that it names. Whoever shares was asked
 * who they are after all had come and before anything was read for them, so that each gets what an
 * execution of its own would have told it then. Everything else, and whatever has an error in it,
 * is answered for each reader alone.
 */
export function createAnswerEvent(schema: GraphQLSchema): AnswerEvent {
  const gathering = new WeakMap<LoggedEvent, Comer[]>();
  // However many streams hear of one event, they leave the database to others, too; and however many
  // of them are one user's, they leave turns to others.
  const turns = createFairTurns(concurrentAnswers);

  return (entry, reader, to) => {
    const event = liveEventOf(entry);
    if (event === null) return answerAlone({ reader, to });
    const comers = gathering.get(event);
    if (comers === undefined) gather(event, [{ reader, to }]);
    else comers.push({ reader, to });
  };

  /** Whoever hears of an event in this turn of the event loop is answered along with the others. */
  function gather(event: LoggedEvent, comers: Comer[]): void {
    gathering.set(event, comers);
    setImmediate(() => {
      gathering.delete(event);
      answerComers(event, comers).catch((error) => {
        for (const { to } of comers) to.reject(error);
      });
    });
  }

  async function answerComers(event: LoggedEvent, comers: readonly Comer[]): Promise<void> {
    const rows = createSharedRows();
    const involved = involvedIn(schema, event);
    const groups = new Map<string | Member, Member[]>();
    for (const member of await identify(comers)) {
      const { digest, grounds } = member.reader.operation;
      const key = viewerKey(member.context.viewer, grounds, involved);
      const name = key === null ? member : `${digest} ${key}`;
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [member]);
      else group.push(member);
    }
    for (const group of groups.values()) {
      answerInTurn(group, rows, turns.isFree());
    }
  }

  /** Answers a group; where time has passed since it was identified, it is asked again. */
  function answerInTurn(group: readonly Member[], rows: SharedRows, isJustAsked: boolean): void {
    const whose = turnOf(group);
    const answering = turns.take(whose, async () =>
      answerGroup(isJustAsked ? group : await askAgain(group), rows),
    );
    answering.catch((error) => {
      for (const { to } of group) to.reject(error);
    });
  }

  async function answerGroup([first, ...others]: readonly Member[], rows: SharedRows) {
    if (first === undefined) return;
    const { reader, context, to } = first;
    const answer = await execute(reader, { ...context, rows }).catch(to.reject);
    if (answer) give(to, answer);
    for (const other of others) {
      // Errors tell of the request to which they happened.
      if (answer && answer.errors === undefined) give(other.to, answer);
      else answerInTurn([other], rows, false);
    }
  }

  /** Lets those go on together who are still the same: what was read, was read for them. */
  async function askAgain(group: readonly Member[]): Promise<Member[]> {
    const before = new Map(group.map(({ reader, context }) => [reader, context.viewer]));
    const members = await identify(group);
    return members.filter((member) => {
      const { reader, context } = member;
      const isSame = isSameViewer(context.viewer, before.get(reader) ?? null);
      if (!isSame) answerAlone(member);
      return isSame;
    });
  }

  function answerAlone({ reader, to }: Comer): void {
    const answer = async () => execute(reader, await reader.identify());
    turns.take(turnOf([{ reader }]), answer).then(to.resolve, to.reject);
  }
}

/** Gives an answer; whoever fails to take it keeps it from nobody else. */
function give({ resolve, reject }: AnswerTo, answer: ExecutionResult): void {
  try {
    resolve(answer);
  } catch (error) {
    reject(error);
  }
}

/** Tells whose turn it is: that of one user, of all strangers, or of many who share an answer. */
function turnOf(group: readonly Pick<Comer, 'reader'>[]): string {
  const [first] = group;
  return group.length > 1 ? 'many' : (first?.reader.userId ?? 'strangers');
}

async function execute(reader: EventReader, context: Context): Promise<ExecutionResult> {
  return reader.execute(context);
}

/** Finds the event of an entry that tells of it as it happens: one object for all who are told. */
function liveEventOf(entry: unknown): LoggedEvent | null {
  const { kind, replayed, event }: Partial<StreamedEvent> = Object(entry);
  return kind === 'event' && replayed === false ? (event ?? null) : null;
}
