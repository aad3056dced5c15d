import autocannon from 'autocannon';
import { addressOf } from './client-address.ts';
import { findSystem } from './find-systems.ts';
import type { SignIn } from './system.ts';

/** Who signs in where. */
export interface SignInOrder {
  url: string;
  /** Name of a system that people can sign in to. */
  system: string;
  connections: number;
  /** Taken in turns, for nobody may try often. */
  emails: readonly string[];
  password: string;
}

/** What came of it. */
export interface SignInResult {
  seconds: number;
  signedIn: number;
  /** How many were refused because too many passwords waited to be hashed. */
  busy: number;
  /** Why it does not count; null where it does. */
  fault: string | null;
}

/** Begins; answers what ends it. */
function start(order: SignInOrder, signIn: SignIn): () => Promise<SignInResult> {
  const counts = { 'signed in': 0, busy: 0, wrong: 0 };
  let sample = '';
  let asked = 0;
  const ended = Promise.withResolvers<autocannon.Result>();
  const settings: autocannon.Options = {
    url: order.url,
    connections: order.connections,
    duration: 86_400,
    sampleInt: 50,
    requests: [
      {
        setupRequest(request) {
          const email = order.emails[asked++ % order.emails.length] ?? '';
          const own = signIn.request(email, order.password);
          const headers = { ...own.headers, 'x-forwarded-for': addressOf(1, asked) };
          return { ...request, ...own, headers };
        },
        onResponse(status, body) {
          const outcome = outcomeOf(signIn, status, body);
          counts[outcome]++;
          if (outcome === 'wrong') sample ||= `${status} ${body.slice(0, 300)}`;
        },
      },
    ],
  };
  const load = autocannon(settings, (error, result) =>
    error ? ended.reject(error) : ended.resolve(result),
  );
  return async () => {
    load.stop();
    const { duration, errors } = await ended.promise;
    const faults = [
      ...(errors > 0 ? [`${errors} sign-ins failed`] : []),
      ...(counts.wrong > 0 ? [`${counts.wrong} sign-ins went wrong, the first: ${sample}`] : []),
    ];
    return {
      seconds: duration,
      signedIn: counts['signed in'],
      busy: counts.busy,
      fault: faults.join('; ') || null,
    };
  };
}

function outcomeOf(signIn: SignIn, status: number, body: string) {
  try {
    return signIn.outcome(status, JSON.parse(body));
  } catch {
    return 'wrong';
  }
}

let stop: (() => Promise<SignInResult>) | undefined;
process.on('message', (message: SignInOrder | 'stop') => {
  void (async () => {
    if (message === 'stop') process.send?.(await stop?.());
    else {
      const { signIn } = await findSystem(message.system);
      if (signIn === undefined) throw new Error(`Nobody can sign in to ${message.system}.`);
      stop = start(message, signIn);
      process.send?.('started');
    }
  })();
});
process.on('disconnect', () => process.exit());
