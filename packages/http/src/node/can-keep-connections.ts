/** Whether the transport for Node works where this runs. */
import { loadUndici } from './load-undici.ts';

/**
 * Resolves `false` where undici cannot be loaded: in a bundle that left it out, or in a runtime or a test environment that lacks
 * what undici needs, such as Jest's jsdom. Requests go through the global `fetch` there.
 */
export function canKeepConnections(): Promise<boolean> {
  return loadUndici().then(
    () => true,
    () => false,
  );
}
