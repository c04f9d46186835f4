/** The build for Node. */
import type { PlatformDefaults } from '../platform.ts';

/** Events in memory, batches of half a minute, no visitors. */
export const NODE: PlatformDefaults = {
  clientEngine: 'node-sdk',
  flushInterval: 30_000,
  autoUpdate: true,
  hasVisitors: false,
  createEventStore: () => undefined,
  beaconDispatcher: () => undefined,
};
