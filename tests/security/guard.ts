import type { SettingName } from '../../src/config/settings.ts';
import type { AttackedApp } from '../support/attacked-app.ts';
import type {
  Asker,
  Question,
  Transport,
  TransportAnswer,
  TransportName,
} from '../support/transport.ts';

/** How something is refused on one transport. */
export interface Refusal {
  /** `CLOSED_4401` where a socket is closed instead of an answer. */
  readonly code: string;
  /** Of HTTP; null where the protocol had changed by then. */
  readonly status: number | null;
}

/** Something that is held on every transport, and how to see that it is. */
export interface Guard {
  /** What an operator changes of it. */
  readonly settings: readonly SettingName[];
  /** A transport that is left out cannot carry the attack. */
  readonly refusals: Partial<Record<TransportName, Refusal>>;
  /** Attacks on one transport; answers what the last question was answered with. */
  attack(trial: Trial): Promise<TransportAnswer>;
}

/** One attack on one transport. */
export interface Trial {
  readonly app: AttackedApp;
  readonly transport: Transport;
  /** Who attacks: Ada, from an address that nobody else calls from. */
  readonly asker: Asker & { ipAddress: string };
  /** Asks as that. */
  ask(question: Question, more?: Asker): Promise<TransportAnswer>;
}

/** Refuses alike on some transports, with a status where HTTP has one. */
export function refusedOn(
  names: readonly TransportName[],
  code: string,
  status: number,
): Guard['refusals'] {
  const refusals = names.map(
    (name) => [name, { code, status: name === 'WebSocket' ? null : status }] as const,
  );
  return Object.fromEntries(refusals);
}

/** Transports by what they carry. */
export const carriers = {
  all: ['POST', 'GET', 'Event stream by POST', 'Event stream by GET', 'WebSocket'],
  mutations: ['POST', 'Event stream by POST', 'WebSocket'],
  streams: ['Event stream by POST', 'Event stream by GET', 'WebSocket'],
  gets: ['GET', 'Event stream by GET'],
  bodies: ['POST', 'Event stream by POST'],
  plain: ['POST', 'GET'],
  requests: ['POST', 'GET', 'Event stream by POST', 'Event stream by GET'],
} as const satisfies Record<string, readonly TransportName[]>;

/** Refuses alike on all transports. */
export const refusedEverywhere = (code: string, status: number) =>
  refusedOn(carriers.all, code, status);

/** Refuses an operation alike wherever it is carried; in an event stream that is an answer, too. */
export function refusedInAnswers(
  code: string,
  names: readonly TransportName[] = carriers.all,
): Guard['refusals'] {
  const isStream = (name: TransportName) => name.startsWith('Event stream');
  return {
    ...refusedOn(names, code, 400),
    ...refusedOn(names.filter(isStream), code, 200),
  };
}
