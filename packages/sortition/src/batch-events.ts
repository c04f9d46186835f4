/** The event sink with the option `store`, whose code is included here. */
import type { EventSink } from '@sortition/core';
import {
  createBatchEvents as createLeanBatchEvents,
  type EventKeeper,
  type EventStore,
  keepEvents,
  type BatchEventsOptions as LeanBatchEventsOptions,
} from '@sortition/events';

/** Options of `createBatchEvents`; all are optional. */
export interface BatchEventsOptions extends Omit<LeanBatchEventsOptions, 'store'> {
  /**
   * Keeps events until they are delivered, across crashes and closed pages; your own `EventStore` can be passed
   * directly. Closed with the sink.
   */
  readonly store?: EventStore | EventKeeper | undefined;
}

/**
 * Creates the sink for impressions and conversions. The sink does nothing before the first event, except that with a
 * `store` it sends the events of earlier processes once a client has the sink.
 *
 * The client that is given the sink flushes and closes it.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const client = createClient({ config, events: createBatchEvents() });
 */
export function createBatchEvents(options: BatchEventsOptions = {}): Required<EventSink> {
  // The function called below refuses a value that is not an object.
  const { store } = Object(options) as BatchEventsOptions;
  const isOwn = store !== undefined && !('keepFor' in Object(store));
  return createLeanBatchEvents(
    (isOwn ? { ...options, store: keepEvents(store as EventStore) } : options) as LeanBatchEventsOptions,
  );
}
