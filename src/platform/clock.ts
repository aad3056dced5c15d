/** Tells the time of this instance; tests put a frozen one in its place. */
export type Clock = () => Date;

/** Reads the time of the operating system. */
export const systemClock: Clock = () => new Date();
