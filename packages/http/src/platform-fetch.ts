/** What sends requests when the application gave no `fetch`: the platform's own, everywhere but in Node. */
import type { Transport } from './request-once.ts';

/** Resolves `undefined`: the global `fetch`, which is read at each request. The entry for Node has a transport of its own. */
export async function platformFetch(): Promise<Transport | undefined> {
  return undefined;
}
