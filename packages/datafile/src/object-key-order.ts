/** The order of keys in objects, which the official SDK uses: integer keys first, ascending. */

/** Returns the entries in that order. Most keys are not integers; then the order stays as it is. */
export function inObjectKeyOrder<T>(entries: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  for (const key of entries.keys()) {
    if (key < '0' || key >= ':') continue;
    const record = Object.create(null) as Record<string, T>;
    for (const [name, entry] of entries) record[name] = entry;
    return new Map(Object.entries(record));
  }
  return entries;
}
