import { differenceOf } from './answers.ts';
import { addressOf } from './client-address.ts';
import type { Expected } from './expected.ts';
import type { LoadClient } from './load-process.ts';
import type { Person, System, SystemRequest, WorkloadName } from './system.ts';

/** Who asks. */
export interface Callers {
  viewers: readonly Person[];
  /** A token of each. */
  tokens: readonly string[];
  /** A token whose session has ended. */
  revoked: string;
}

/** Asks one request as somebody; answers status and body. */
async function ask(url: string, { path, ...request }: SystemRequest, token: string) {
  const headers = { ...request.headers, authorization: `Bearer ${token}` };
  const response = await fetch(url + path, { ...request, headers });
  return { status: response.status, text: await response.text() };
}

/** Asks for who is calling; says in what the answer is wrong, and null where it is right. */
export async function checkViewer(
  url: string,
  system: System,
  { viewers: [viewer], tokens: [token = ''] }: Callers,
  expected: Expected,
): Promise<string | null> {
  const request = viewer ? system.request('W1', viewer) : null;
  if (viewer === undefined || request === null) return 'it does not say who is calling';
  const { status, text } = await ask(url, request, token);
  return faultOf(system, 'W1', status, text, expected('W1', viewer.id));
}

function faultOf(
  system: System,
  workload: WorkloadName,
  status: number,
  text: string,
  expected: unknown,
): string | null {
  const inShort = `${status} ${text.slice(0, 300)}`;
  if (status !== 200) return `the answer is ${inShort}`;
  try {
    return differenceOf(expected, system.read(workload, JSON.parse(text)));
  } catch {
    return `the answer cannot be read: ${inShort}`;
  }
}

/**
 * Has each viewer ask once and compares the answers with the database; answers what the load is to
 * ask and to expect. Throws where an answer is wrong, or a session that has ended is honoured.
 */
export async function prepareClients(
  url: string,
  system: System,
  workload: WorkloadName,
  { viewers, tokens, revoked }: Callers,
  expected: Expected,
): Promise<LoadClient[]> {
  const clients: LoadClient[] = [];
  for (const [index, viewer] of viewers.entries()) {
    const request = system.request(workload, viewer);
    if (request === null) throw new Error('there is no such operation');
    const token = tokens[index] ?? '';
    const { status, text } = await ask(url, request, token);
    const fault = faultOf(system, workload, status, text, expected(workload, viewer.id));
    if (fault !== null) throw new Error(fault);
    const headers = {
      ...request.headers,
      authorization: `Bearer ${token}`,
      'x-forwarded-for': addressOf(0, index),
    };
    clients.push({ ...request, headers, expected: text });
  }
  if (workload !== 'W4') await requireRefusal(url, system, workload, revoked);
  return clients;
}

/** Whoever has no session any more, for a system that knows people by more than the bearer. */
const nobody: Person = { id: '', email: 'nobody@example.org' };

/** Throws where somebody is answered as the viewer that they no longer are. */
async function requireRefusal(
  url: string,
  system: System,
  workload: WorkloadName,
  revoked: string,
): Promise<void> {
  const request = system.request(workload, nobody);
  if (request === null) return;
  const { status, text } = await ask(url, request, revoked);
  let shown: unknown = null;
  try {
    if (status === 200) shown = system.read(workload, JSON.parse(text));
  } catch {
    // Whatever has not the form of an answer is a refusal.
  }
  if (isFilled(shown)) throw new Error('a session that has ended is answered');
}

const isFilled = (shown: unknown) =>
  typeof shown === 'object' &&
  shown !== null &&
  Object.values(shown).some((value) => value != null);
