import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type ListeningApp, startListeningApp } from './listening-app.ts';
import { anyAddress, type Person, signUp } from './people.ts';
import type { Asker, Question, Transport, TransportAnswer } from './transport.ts';
import { transports } from './transports.ts';

/** An instance behind a socket that is attacked, and somebody who uses it. */
export interface AttackedApp extends ListeningApp {
  readonly ada: Person;
  /** Ada's header. */
  readonly authorization: string;
}

/** Lets clients say from where they call. */
const behindProxy = { TRUSTED_PROXY_HOPS: '1' };

/**
 * Starts an instance for a test file. After each test, another client must be answered on every
 * transport, and no fault of the server be in the log.
 */
export function useAttackedApp(environment: Record<string, string> = {}): AttackedApp {
  const running: Partial<AttackedApp> & { stop?: () => Promise<void> } = {};
  beforeAll(async () => {
    const app = await startListeningApp({ ...behindProxy, ...environment });
    const ada = await signUp(app);
    Object.assign(running, app, { ada, authorization: `Bearer ${ada.accessToken}` });
  });
  afterEach(async () => {
    const app = running as AttackedApp;
    const answers = await askOn(transports, app, { query: '{ __typename }' });
    expect(by(answers, ({ data }) => data)).toEqual(by(answers, () => ({ __typename: 'Query' })));
    expect(faultsOf(app)).toEqual([]);
  });
  afterAll(() => running.stop?.());
  return running as AttackedApp;
}

/** Answers by the name of the transport. */
export type Answers = Record<string, TransportAnswer>;

/** Asks on several transports at once, each time from an address of its own unless given one. */
export async function askOn(
  some: readonly Transport[],
  { url }: Pick<AttackedApp, 'url'>,
  question: Question,
  asker: Asker = {},
): Promise<Answers> {
  const answers = some.map(async ({ name, ask }) => {
    const answer = await ask(url, question, { ipAddress: anyAddress(), ...asker });
    return [name, answer] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}

/** Reads the same out of each answer. */
export function by<Part>(
  answers: Answers,
  read: (answer: TransportAnswer, transport: string) => Part,
): Record<string, Part> {
  return Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [name, read(answer, name)]),
  );
}

/** Reads the codes of each answer. */
export const codesBy = (answers: Answers) => by(answers, ({ codes }) => codes);

const warning = 40;

/** Lists what was logged as the server's own trouble. */
function faultsOf({ logged }: AttackedApp): unknown[] {
  return logged.lines.filter(({ level }) => Number(level) >= warning);
}
