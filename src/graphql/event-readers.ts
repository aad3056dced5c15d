import type { ExecutionResult } from 'graphql';
import { isLater, type MaybeLater } from '../platform/maybe-later.ts';
import type { Context } from './context.ts';
import type { SharedOperation } from './shared-operation.ts';

/** Somebody to whom the entries of a stream are told. */
export interface EventReader {
  /** As whom the stream was opened; null for a stranger. */
  readonly userId: string | null;
  readonly operation: SharedOperation;
  /** Asks anew who reads; throws when they may not go on. */
  identify(): MaybeLater<Context>;
  /** Answers the entry in a context. */
  execute(context: Context): MaybeLater<ExecutionResult>;
}

/** What is done with an answer, or with what kept a reader from getting one. */
export interface AnswerTo {
  resolve(answer: ExecutionResult): void;
  reject(error: unknown): void;
}

/** A reader that has come to an event, and waits for the answer. */
export interface Comer {
  reader: EventReader;
  to: AnswerTo;
}

/** A reader that has just been identified. */
export interface Member extends Comer {
  context: Context;
}

/** Asks all who have come to an event who they are now. Tells those who may not go on; answers the others. */
export async function identify(comers: readonly Comer[]): Promise<Member[]> {
  const asked = comers.map(identifyOne);
  // Seldom: most are known by heart.
  const members = asked.some(isLater) ? await Promise.all(asked) : (asked as (Member | null)[]);
  return members.filter((member) => member !== null);
}

function identifyOne({ reader, to }: Comer): MaybeLater<Member | null> {
  const isIn = (context: Context) => ({ reader, to, context });
  const isOut = (error: unknown) => {
    to.reject(error);
    return null;
  };
  try {
    const context = reader.identify();
    return isLater(context) ? context.then(isIn).catch(isOut) : isIn(context);
  } catch (error) {
    return isOut(error);
  }
}
