/** How long an event waits for its batch to fill unless told otherwise. */

/** In ms: a server is there for longer than a page. */
export function defaultFlushIntervalMs(): number {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node === undefined ? 1_000 : 30_000;
}
