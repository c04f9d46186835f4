/** The default time that an event of a page waits for its batch to fill. */

/** The same as in the main entry. */
export function defaultFlushIntervalMs(): number {
  return 1_000;
}
