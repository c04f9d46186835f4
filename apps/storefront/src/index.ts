/** The sample shop, to be started by its own program, by the lab and by tests. */
export { createStorefront, type Storefront, type StorefrontOptions } from './storefront.ts';
