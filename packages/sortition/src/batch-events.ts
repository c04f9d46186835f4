/** The event sink with a store as an option of its own, which brings its code along. */
import type { EventSink } from '@sortition/core';
import {
  createBatchEvents as createLeanBatchEvents,
  type EventKeeper,
  type EventStore,
  keepEvents,
  type BatchEventsOptions as LeanBatchEventsOptions,
} from '@sortition/events';

/** Options of `createBatchEvents`; all of them may be left out. */
export interface BatchEventsOptions extends Omit<LeanBatchEventsOptions, 'store'> {
  /** Keeps events until they are delivered, across crashes and closed pages; one of your own fits as it is. Closed with the sink. */
  readonly store?: EventStore | EventKeeper | undefined;
}

/**
 * Creates the sink for impressions and conversions. Nothing happens before the first event, except that with a `store` what
 * earlier processes left is sent once a client has the sink.
 *
 * The client that is given the sink flushes and closes it.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const client = createClient({ config, events: createBatchEvents() });
 */
export function createBatchEvents(options: BatchEventsOptions = {}): Required<EventSink> {
  // A value that is not an object with options is refused there.
  const { store } = Object(options) as BatchEventsOptions;
  const isOwn = store !== undefined && !('keepFor' in Object(store));
  return createLeanBatchEvents(
    (isOwn ? { ...options, store: keepEvents(store as EventStore) } : options) as LeanBatchEventsOptions,
  );
}
