/** The build for React Native. */
import type { PlatformDefaults } from '../platform.ts';

/** Events in memory unless a store is given, batches of a second. */
export const REACT_NATIVE: PlatformDefaults = {
  clientEngine: 'react-native-js-sdk',
  flushInterval: 1_000,
  autoUpdate: true,
  hasVisitors: true,
  createEventStore: () => undefined,
  beaconDispatcher: () => undefined,
};
