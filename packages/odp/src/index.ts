/** Real-time segments, ODP events and visitor ids. */
export { createOdp } from './odp.ts';
export type { OdpOptions } from './odp-options.ts';
export { createVuidSource, isVuid, type VuidSourceOptions } from './vuid.ts';
