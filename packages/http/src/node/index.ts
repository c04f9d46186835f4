/** The transport for Node. */
export { createKeepAliveFetch, type KeepAliveFetch, type KeepAliveFetchOptions } from './keep-alive-fetch.ts';
export { LightAbortController } from './light-abort-controller.ts';
export { type DnsLookup, isPublicAddress } from './public-address.ts';
