/** Whether the transport for Node works in this runtime. */
import { loadUndici } from './load-undici.ts';

/**
 * Resolves to `false` when undici cannot be loaded: in a bundle without it, or in a runtime or test environment without
 * the APIs that undici needs, such as Jest's jsdom. Requests then use the global `fetch`.
 */
export function canKeepConnections(): Promise<boolean> {
  return loadUndici().then(
    () => true,
    () => false,
  );
}
