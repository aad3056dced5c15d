/** How many rows are held in memory at a time. */
export const batchSize = 500;

/** Reads rows batch by batch in the order of their keys, each batch after the last key before it. */
export async function* inBatches<Row, Key>(
  first: Key,
  read: (after: Key) => Promise<Row[]>,
  keyOf: (row: Row) => Key,
): AsyncGenerator<Row[]> {
  for (let after = first; ; ) {
    const rows = await read(after);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = keyOf(last);
  }
}

/** What every id comes after. */
export const leastId = '00000000-0000-0000-0000-000000000000';

/** The key of rows that are read by their ids. */
export const idOf = ({ id }: { id: string }) => id;
