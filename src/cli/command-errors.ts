/** Ends of a command, as its exit code tells them; docs/guides/command-line.md lists them. */
export const exitCodes = { done: 0, notDone: 1, misuse: 2 } as const;

/** What was asked for cannot be done; the message is for whoever operates the server. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** The command was not called as it has to be. */
export class MisuseError extends Error {
  override readonly name = 'MisuseError';
}
