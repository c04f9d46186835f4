/** The differences between the builds for Node, browsers and React Native. */
import type { EventKeeper } from '@sortition/events';
import type { EventDispatcher } from './contract/log-event.ts';

/** Defaults of a build. */
export interface PlatformDefaults {
  /** The client's name in events. */
  readonly clientEngine: string;
  /** Longest time an event waits for its batch to fill, in milliseconds. */
  readonly flushInterval: number;
  /** Whether the datafile is polled. */
  readonly autoUpdate: boolean;
  /** Whether there are visitors, who can have an id. */
  readonly hasVisitors: boolean;
  /** Keeps events until they are delivered; `undefined` to keep them in memory only. */
  createEventStore(): EventKeeper | undefined;
  /** Sends the remaining events while a page unloads; `undefined` where the platform has no way to do so. */
  beaconDispatcher(): EventDispatcher | undefined;
}
