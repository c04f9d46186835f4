/**
 * Config sources may be shared by several clients and stop with the last of them, so the clients of each source are counted.
 */
import type { ConfigSource } from '@sortition/core';

const clientsOf = new WeakMap<ConfigSource, number>();

/** Counts a client of a source. */
export function retainConfigSource(source: ConfigSource): void {
  clientsOf.set(source, (clientsOf.get(source) ?? 0) + 1);
}

/** Counts a client off, and closes the source after the last. */
export async function releaseConfigSource(source: ConfigSource): Promise<void> {
  const left = (clientsOf.get(source) ?? 1) - 1;
  clientsOf.set(source, left);
  if (left <= 0) await source.close?.();
}
