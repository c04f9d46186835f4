/** The default time that an event waits for its batch to fill. */

/** In ms: 30 s in Node and 1 s elsewhere, because a page may be left before its events are sent. */
export function defaultFlushIntervalMs(): number {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node === undefined ? 1_000 : 30_000;
}
