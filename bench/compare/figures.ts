/** A figure of several rounds. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Finds the middle of some values, of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  const lower = sorted[Math.ceil(half) - 1];
  const upper = sorted[Math.floor(half)];
  if (lower === undefined || upper === undefined) throw new Error('There are no values.');
  return (lower + upper) / 2;
}

/** Sums up the rounds of one figure; null where there was none. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Finds the smallest value that so large a share of the values does not exceed; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}
