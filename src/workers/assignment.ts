import type { Config } from '../config.ts';
import type { Part } from '../instance.ts';

/** What a supervisor tells each worker first. */
export interface Assignment {
  /** As the supervisor read it: a worker that is started later heeds no later change. */
  config: Config;
  part: Part;
  /** Tells the workers apart in the log, from 1 on; one that takes another's place has its number. */
  number: number;
}

/** What a worker tells its supervisor, once it serves. */
export const ready = 'ready';
