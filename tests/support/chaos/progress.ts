/** How far the writers are ahead of the slowest reader, for whoever waits for either. */
export interface Progress {
  /** Says that so many events are about to be appended. */
  begin(events: number): void;
  /** Says that this is over: with the highest number in use then, or null when it has failed. */
  end(events: number, highest: number | null): void;
  /** Says that a reader was told of something. */
  change(): void;
  /** Resolves once the readers are near enough for more to be written. */
  room(): Promise<void>;
  /** Resolves once so many more events were committed. */
  growth(events: number): Promise<void>;
  /** The same, or once the writers wait for the readers. */
  growthOrStall(events: number): Promise<void>;
  /** Lets everybody go on who waits. */
  finish(): void;
}

const mostAhead = 400;

/**
 * Counts by the numbers of events, and keeps the writers within reach of the readers: those that
 * are more than a thousand events behind are rightly told of a gap, and here there is to be none.
 */
export function createProgress(slowestReader: () => number): Progress {
  const gates = new Map<() => boolean, PromiseWithResolvers<void>>();
  let [pending, highest, committed] = [0, 0, 0];
  let isFinished = false;
  const isStalled = () => highest + pending - slowestReader() > mostAhead;
  function change(): void {
    for (const [condition, gate] of gates) {
      if (!isFinished && !condition()) continue;
      gates.delete(condition);
      gate.resolve();
    }
  }
  async function until(condition: () => boolean): Promise<void> {
    // Asked again by each who waited: the first may take all the room there is.
    while (!isFinished && !condition()) {
      const gate = gates.get(condition) ?? Promise.withResolvers<void>();
      gates.set(condition, gate);
      await gate.promise;
    }
  }
  const hasRoom = () => !isStalled();
  return {
    change,
    begin(events) {
      pending += events;
    },
    end(events, number) {
      pending -= events;
      if (number !== null) {
        committed += events;
        highest = Math.max(highest, number);
      }
      change();
    },
    room: () => until(hasRoom),
    growth(events) {
      const goal = committed + events;
      return until(() => committed >= goal);
    },
    growthOrStall(events) {
      const goal = committed + events;
      return until(() => committed >= goal || isStalled());
    },
    finish() {
      isFinished = true;
      change();
    },
  };
}
