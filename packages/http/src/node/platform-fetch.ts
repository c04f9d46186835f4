/**
 * The transport for requests without a `fetch` option in Node: one per process. The global `fetch` is slower, and
 * frameworks wrap it (Next.js 14 caches every response).
 */
import type { Transport } from '../request-once.ts';
import { createKeepAliveFetch, type KeepAliveFetch } from './keep-alive-fetch.ts';
import { loadUndici } from './load-undici.ts';

let shared: Promise<Transport | undefined> | undefined;

/** Resolves to that transport. Its idle connections do not keep the process alive, so it need not be closed. */
export function platformFetch(): Promise<Transport | undefined> {
  shared ??= openTransport();
  return shared;
}

/**
 * Resolves to a transport of the caller's own, or to `undefined`, which means the global `fetch`, where undici cannot be
 * loaded: in a bundle without it, or in a runtime or a test environment that lacks what it needs, such as Jest's jsdom. It uses
 * the proxies of the environment when Node does (`NODE_USE_ENV_PROXY=1`).
 */
export function openTransport(): Promise<KeepAliveFetch | undefined> {
  return loadUndici().then(
    () => createKeepAliveFetch({ proxy: process.env.NODE_USE_ENV_PROXY === '1' ? 'environment' : 'none' }),
    () => undefined,
  );
}
