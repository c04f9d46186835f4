/** Remote evaluation in Node: the same as the main entry, with a transport that keeps connections. */
export { type CachedRemoteClientOptions, createCachedRemoteClient } from '../cached-remote-client.ts';
export type { RemoteConfig } from '../remote-config.ts';
export type { RemoteClient, RemoteFetchOptions, VariantsCallback } from '../remote-fetch.ts';
export type { RemoteRequestOptions } from '../remote-request.ts';
export type { RemoteProperties, RemoteProperty, RemoteUser } from '../remote-user.ts';
export {
  type Variant,
  type Variants,
  variantPayload,
  variantValue,
  withoutDefaultVariants,
} from '../remote-variants.ts';
export { createRemoteClient } from './node-client.ts';
