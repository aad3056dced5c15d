/** The database cannot be brought up to date; nothing of the named migration was kept. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly migration: string;

  constructor(migration: string, problem: string, cause?: unknown) {
    super(`Migration ${migration} ${problem}`, { cause });
    this.migration = migration;
  }
}
