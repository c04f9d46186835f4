/** For Node: a file cache, and the transport that polls without keeping the process alive. */
export { createKeepAliveFetch, type KeepAliveFetch, type KeepAliveFetchOptions } from '@sortition/http/node';
export { createFileCache, type FileCacheOptions } from './file-cache.ts';
