/**
 * Makes a loader of one out of a loader of many: what is asked for in one turn of the event loop is
 * loaded together, each key once. Nothing is kept. Null for a key that there is not.
 */
export function batchLoads<Value>(
  loadMany: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | null> {
  let keys = new Set<string>();
  let loaded: Promise<ReadonlyMap<string, Value>> | null = null;

  async function loadDue(): Promise<ReadonlyMap<string, Value>> {
    await new Promise((resolve) => setImmediate(resolve));
    const due = [...keys];
    keys = new Set();
    loaded = null;
    return loadMany(due);
  }

  return async (key) => {
    keys.add(key);
    loaded ??= loadDue();
    return (await loaded).get(key) ?? null;
  };
}
