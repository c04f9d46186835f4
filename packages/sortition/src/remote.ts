/** Remote evaluation, for applications that install `@sortition/remote` beside `sortition`. */
export {
  type CachedRemoteClientOptions,
  createCachedRemoteClient,
  createRemoteClient,
  type RemoteClient,
  type RemoteConfig,
  type RemoteFetchOptions,
  type RemoteProperties,
  type RemoteProperty,
  type RemoteRequestOptions,
  type RemoteUser,
  type Variant,
  type Variants,
  type VariantsCallback,
  variantPayload,
  variantValue,
  withoutDefaultVariants,
} from '@sortition/remote';
