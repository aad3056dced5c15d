import type { Clock } from '../clock.ts';

/** Says when a stream has told nothing for a while. */
export interface IdleTimer {
  /** Begins anew: something was told. */
  restart(): void;
  stop(): void;
}

/** When streams tell that they are alive. */
export interface Heartbeats {
  clock: Clock;
  /** Starts the timer of one stream, which calls back each time that the stream was idle for long. */
  startTimer(onIdle: () => void): IdleTimer;
}

/** How long a stream has nothing to tell until it says so. */
const idleMs = 30_000;

/** Makes streams tell every 30 seconds that there was nothing to tell. */
export function createHeartbeats(clock: Clock): Heartbeats {
  return {
    clock,
    startTimer(onIdle) {
      const timer = setInterval(onIdle, idleMs).unref();
      return { restart: () => timer.refresh(), stop: () => clearInterval(timer) };
    },
  };
}
