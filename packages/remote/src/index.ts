/** Remote evaluation for browsers, edge runtimes and everything else that has `fetch`. */
export { type CachedRemoteClientOptions, createCachedRemoteClient } from './cached-remote-client.ts';
export { createRemoteClient } from './remote-client.ts';
export type { RemoteConfig } from './remote-config.ts';
export type { RemoteClient, RemoteFetchOptions, VariantsCallback } from './remote-fetch.ts';
export type { RemoteRequestOptions } from './remote-request.ts';
export type { RemoteProperties, RemoteProperty, RemoteUser } from './remote-user.ts';
export {
  type Variant,
  type Variants,
  variantPayload,
  variantValue,
  withoutDefaultVariants,
} from './remote-variants.ts';
