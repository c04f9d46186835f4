/**
 * The transport for requests without a `fetch` option in Node: one per process. The global `fetch` is slower, and
 * frameworks wrap it (Next.js 14 caches every response).
 */
import type { Transport } from '../request-once.ts';
import { createKeepAliveFetch } from './keep-alive-fetch.ts';
import { loadUndici } from './load-undici.ts';

let shared: Promise<Transport | undefined> | undefined;

/**
 * Resolves to the transport, or to `undefined`, which means the global `fetch`, in a bundle without undici. It uses the
 * proxies of the environment when Node does (`NODE_USE_ENV_PROXY=1`). Its idle connections do not keep the process
 * alive, so it need not be closed.
 */
export function platformFetch(): Promise<Transport | undefined> {
  shared ??= loadUndici().then(
    () => createKeepAliveFetch({ proxy: process.env.NODE_USE_ENV_PROXY === '1' ? 'environment' : 'none' }),
    () => undefined,
  );
  return shared;
}
