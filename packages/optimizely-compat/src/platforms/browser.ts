/** The build for browsers. */
import { createStorageEventStore } from '@sortition/events/browser';
import { beaconDispatcher } from '../event-dispatchers.ts';
import type { PlatformDefaults } from '../platform.ts';

/** Events in localStorage, batches of a second, one datafile per page unless asked for more. */
export const BROWSER: PlatformDefaults = {
  clientEngine: 'javascript-sdk',
  flushInterval: 1_000,
  autoUpdate: false,
  hasVisitors: true,
  createEventStore: () => ('localStorage' in globalThis ? createStorageEventStore() : undefined),
  beaconDispatcher: () => beaconDispatcher,
};
