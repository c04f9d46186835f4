/** The transport for Node. */
export { canKeepConnections } from './can-keep-connections.ts';
export { createKeepAliveFetch, type KeepAliveFetch, type KeepAliveFetchOptions } from './keep-alive-fetch.ts';
export { type DnsLookup, isPublicAddress } from './public-address.ts';
