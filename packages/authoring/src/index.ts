/** Flags as code. */
export { type Allocation, allocate, type TrafficRange } from './allocate.ts';
