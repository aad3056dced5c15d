/**
 * Rows that are loaded once for all who answer the same event together. They are whole rows, never
 * what one of them selects, and say nothing of who may see them: each asks that for itself.
 */
export interface SharedRows {
  /** Loads under a name, unless that was done or is under way; what failed is loaded again. */
  once<Row>(name: string, load: () => Promise<Row>): Promise<Row>;
}

/** Begins with no rows; let go of them with the event, for they grow old. */
export function createSharedRows(): SharedRows {
  const rows = new Map<string, Promise<unknown>>();
  return {
    once<Row>(name: string, load: () => Promise<Row>) {
      const known = rows.get(name) as Promise<Row> | undefined;
      if (known !== undefined) return known;
      const loading = load();
      rows.set(name, loading);
      loading.catch(() => rows.delete(name));
      return loading;
    },
  };
}
