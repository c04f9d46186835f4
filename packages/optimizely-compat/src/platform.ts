/** What the builds for Node, browsers and React Native do differently. */
import type { EventKeeper } from '@sortition/events';
import type { EventDispatcher } from './contract/log-event.ts';

/** Defaults of a build. */
export interface PlatformDefaults {
  /** The client's name in events. */
  readonly clientEngine: string;
  /** Longest time an event waits for its batch to fill, in milliseconds. */
  readonly flushInterval: number;
  /** Whether a datafile is fetched over and over. */
  readonly autoUpdate: boolean;
  /** Whether there are visitors, who can have an id. */
  readonly hasVisitors: boolean;
  /** Keeps events until they are delivered; `undefined` for memory alone. */
  createEventStore(): EventKeeper | undefined;
  /** Sends what is left when a page goes away; `undefined` where there is no such way. */
  beaconDispatcher(): EventDispatcher | undefined;
}
