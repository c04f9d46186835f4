/** Finds where two observations differ, as short paths with both values. */

/** One place where the two sides differ. */
export interface Difference {
  readonly path: string;
  readonly official: unknown;
  readonly ours: unknown;
}

/**
 * Returns every difference, the outermost place for each; `[]` when the two are equal. The order of keys does not count;
 * arrays of different length are shown from the first element that differs.
 */
export function findDifferences(official: unknown, ours: unknown, path = ''): Difference[] {
  if (Object.is(official, ours)) return [];
  if (Array.isArray(official) && Array.isArray(ours) && official.length === ours.length) {
    return official.flatMap((value, index) => findDifferences(value, ours[index], `${path}[${index}]`));
  }
  if (Array.isArray(official) && Array.isArray(ours)) {
    const first = official.findIndex((value, index) => findDifferences(value, ours[index]).length > 0);
    const index = first < 0 ? official.length : first;
    return [{ path: `${path}[${index}…]`, official: official.slice(index), ours: ours.slice(index) }];
  }
  if (isRecord(official) && isRecord(ours)) {
    const keys = Object.keys(official);
    if (keys.length === Object.keys(ours).length && keys.every((key) => Object.hasOwn(ours, key))) {
      return keys.flatMap((key) => findDifferences(official[key], ours[key], `${path}.${key}`));
    }
  }
  return [{ path, official, ours }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
