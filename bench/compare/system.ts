/** What every system is asked: bench/README.md says what each stands for. */
export const workloadNames = ['W1', 'W2', 'W3', 'W4'] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** One request of HTTP; the load adds the bearer and the address of the client. */
export interface SystemRequest {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Somebody who asks. */
export interface Person {
  id: string;
  email: string;
}

/** How the process of a system begins. */
export interface Launch {
  cwd: string;
  command: string;
  args: string[];
  /** Added to the environment that `start` was given. */
  env?: Record<string, string>;
}

/** Signs people of the benchmark in, who have its password. */
export interface SignIn {
  request(email: string, password: string): SystemRequest;
  /** Says what an answer means; `busy` where the server would not hash yet another password. */
  outcome(status: number, body: unknown): 'signed in' | 'busy' | 'wrong';
}

/** What a server of it has to have on its disk. */
export interface Installation {
  /** Folder with package.json and node_modules. */
  root: string;
  /** Files and folders below it that are its own; all but node_modules where it is left out. */
  own?: string[];
}

/** One of the servers that are compared. */
export interface System {
  /** Names it on the command line and in the results. */
  name: string;
  /** Says in the table what it is, with versions. */
  title: string;
  /**
   * Says how it is started, as in production, with NODE_ENV, PORT, HOST, DATABASE_URL, POOL_SIZE, and
   * what tokens are checked with: JWKS, ISSUER, AUDIENCE. The database is filled, and its packages are
   * installed by then. Throws where it cannot run here; the message is printed as the reason for
   * which it is left out.
   */
  start(environment: Record<string, string>): Launch;
  /**
   * Says what to send so that a viewer is answered; null where the system has no such operation. The
   * bearer is added, which says who they are.
   */
  request(workload: WorkloadName, viewer: Person): SystemRequest | null;
  /**
   * Brings an answer into the shape in which all are compared: ids as UUIDs, times as ISO strings in
   * UTC with milliseconds.
   */
  read(workload: WorkloadName, body: unknown): unknown;
  /** Left out where people cannot sign in there, or only in another way. */
  signIn?: SignIn;
  /** The folder that it is started in, where this is left out. */
  installation?: Installation;
}

/** The system that ratios are formed with. */
export const floorName = 'floor';
