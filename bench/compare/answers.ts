/**
 * Finds the first place in which an answer is not what is expected, in words; null where there is
 * none. Whatever the answer has besides counts as different, too.
 */
export function differenceOf(
  expected: unknown,
  actual: unknown,
  place = 'the answer',
): string | null {
  if (Object.is(expected, actual)) return null;
  if (!isComposite(expected) || !isComposite(actual)) {
    return `${place} is ${inShort(actual)}, not ${inShort(expected)}`;
  }
  if (Array.isArray(expected) !== Array.isArray(actual)) {
    return `${place} is ${Array.isArray(actual) ? 'a list' : 'no list'}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const inside = `${place} → ${key}`;
    if (!(key in actual)) return `${inside} is missing`;
    if (!(key in expected)) return `${inside} is not expected`;
    const difference = differenceOf(Reflect.get(expected, key), Reflect.get(actual, key), inside);
    if (difference !== null) return difference;
  }
  return null;
}

const isComposite = (value: unknown): value is object =>
  typeof value === 'object' && value !== null;

function inShort(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
