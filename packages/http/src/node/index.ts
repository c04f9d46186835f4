/** The transport for Node. */
export { createKeepAliveFetch, type KeepAliveFetch, type KeepAliveFetchOptions } from './keep-alive-fetch.ts';
export { isPublicAddress } from './public-address.ts';
