/** The transport for requests without a `fetch` option, everywhere but in Node: the platform's `fetch`. */
import type { Transport } from './request-once.ts';

/**
 * Resolves to `undefined`, which means the global `fetch`, read at each request. The entry for Node has its own
 * transport.
 */
export async function platformFetch(): Promise<Transport | undefined> {
  return undefined;
}
