/** Whether two JSON values are the same; the order of keys does not count. */

/** The first difference of two values. */
export interface Difference {
  /** Place in the output, such as `decisions.checkout.reasons[2]`; empty for the whole. */
  readonly path: string;
  /** `undefined` when there is no value at this path. */
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Returns the first difference, or `null` when the values are the same. */
export function findDifference(expected: unknown, actual: unknown, path = ''): Difference | null {
  if (Object.is(expected, actual) || (expected === 0 && actual === 0)) return null;
  if (Array.isArray(expected) && Array.isArray(actual)) {
    for (let index = 0; index < Math.max(expected.length, actual.length); index += 1) {
      const difference = findDifference(expected[index], actual[index], `${path}[${index}]`);
      if (difference) return difference;
    }
    return null;
  }
  if (isRecord(expected) && isRecord(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const place = path === '' ? key : `${path}.${key}`;
      const difference = findDifference(readOwn(expected, key), readOwn(actual, key), place);
      if (difference) return difference;
    }
    return null;
  }
  return { path, expected, actual };
}

function readOwn(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
