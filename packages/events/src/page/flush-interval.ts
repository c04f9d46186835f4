/** How long an event of a page waits for its batch to fill unless told otherwise. */

/** The same as in the main entry. */
export function defaultFlushIntervalMs(): number {
  return 1_000;
}
