/** The main entry for pages: the same names, without the GraphQL library. */

export type { OdpOptions } from '../odp-options.ts';
export { createVuidSource, isVuid, type VuidSourceOptions } from '../vuid.ts';
export { createOdp } from './create-odp.ts';
