/** Writes a list as JSON, piece by piece, while its rows are read batch by batch. */
async function* writeList(batches: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  yield '[';
  let separator = '\n';
  for await (const rows of batches) {
    yield rows
      .map((row) => {
        const text = `${separator}${JSON.stringify(row)}`;
        separator = ',\n';
        return text;
      })
      .join('');
  }
  yield '\n]';
}

/** Writes an object as JSON, whose values are known or are lists that are read batch by batch. */
export async function* writeObject(
  entries: Readonly<Record<string, unknown>>,
): AsyncGenerator<string> {
  let separator = '{\n';
  for (const [name, value] of Object.entries(entries)) {
    yield `${separator}${JSON.stringify(name)}: `;
    if (isBatches(value)) yield* writeList(value);
    else yield JSON.stringify(value);
    separator = ',\n';
  }
  yield '\n}\n';
}

function isBatches(value: unknown): value is AsyncIterable<readonly object[]> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
