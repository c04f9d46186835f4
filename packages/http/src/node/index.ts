/** The transport for Node. */
export { createKeepAliveFetch, type KeepAliveFetch, type KeepAliveFetchOptions } from './keep-alive-fetch.ts';
export { openTransport } from './platform-fetch.ts';
export { type DnsLookup, isPublicAddress } from './public-address.ts';
