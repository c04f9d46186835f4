/** Real-time segments, ODP events and visitor ids. */
export { createOdp } from './create-odp.ts';
export type { OdpOptions } from './odp-options.ts';
export { createVuidSource, isVuid, type VuidSourceOptions } from './vuid.ts';
