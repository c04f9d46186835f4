/** The build for browsers. */
import { createStorageEventStore } from '@sortition/events/browser';
import { beaconDispatcher } from '../event-dispatchers.ts';
import type { PlatformDefaults } from '../platform.ts';

/** Events in localStorage, a batch each second, and no polling by default: one datafile per page. */
export const BROWSER: PlatformDefaults = {
  clientEngine: 'javascript-sdk',
  flushInterval: 1_000,
  autoUpdate: false,
  hasVisitors: true,
  createEventStore: () => ('localStorage' in globalThis ? createStorageEventStore() : undefined),
  beaconDispatcher: () => beaconDispatcher,
};
