/**
 * What sends requests in Node when the application gave no `fetch`: one transport for the process. Frameworks wrap the
 * global `fetch` (Next.js 14 keeps every answer in a cache of its own), and it is slower.
 */
import type { Transport } from '../request-once.ts';
import { createKeepAliveFetch } from './keep-alive-fetch.ts';
import { loadUndici } from './load-undici.ts';

let shared: Promise<Transport | undefined> | undefined;

/**
 * Resolves the transport; `undefined`, which means the global `fetch`, where a bundle left undici out. It goes through the
 * proxies of the environment when Node itself is told to (`NODE_USE_ENV_PROXY=1`). Its idle connections do not keep the
 * process alive, so that nothing has to close it.
 */
export function platformFetch(): Promise<Transport | undefined> {
  shared ??= loadUndici().then(
    () => createKeepAliveFetch({ proxy: process.env.NODE_USE_ENV_PROXY === '1' ? 'environment' : 'none' }),
    () => undefined,
  );
  return shared;
}
