/** Event processors: a batching one, and one that forwards each event. */
import type { ConversionEvent, EventSink, EventSinkHost, ImpressionEvent, LogEvent } from '@sortition/core';
import { createBatchEvents, keepEvents } from '@sortition/events';
import { startTimer } from '@sortition/http';
import type { Store } from './contract/caches.ts';
import type { EventDispatcher } from './contract/log-event.ts';
import { eventDispatcher as defaultDispatcher, toFetch } from './event-dispatchers.ts';
import { toPlainLogEvent } from './event-recording.ts';
import { toEventStore } from './event-store.ts';
import { createOpaque } from './opaque.ts';
import type { PlatformDefaults } from './platform.ts';

/** Options of `createBatchEventProcessor`. */
export type BatchEventProcessorOptions = {
  eventDispatcher?: EventDispatcher;
  /** Sends the remaining events on close. */
  closingEventDispatcher?: EventDispatcher;
  /** Longest time an event waits for its batch to fill, in milliseconds. */
  flushInterval?: number;
  /** Events that are sent at once; 10 by default. A request contains more when more events wait. */
  batchSize?: number;
  /** Of events in `eventStore`, in milliseconds; ten days by default. */
  storeTtl?: number;
  eventStore?: Store<string>;
  /** Accepted for compatibility without effect: events are kept and retried as long as there is room for them. */
  maxRetries?: number;
};

declare const eventProcessor: unique symbol;

/** An event processor, as `createInstance` takes it. */
export type OpaqueEventProcessor = { [eventProcessor]: unknown };

const processors = createOpaque<EventSink, OpaqueEventProcessor>('event-processor');

/** Returns the content of an event processor; `undefined` when the value is not an event processor. */
export function openEventProcessor(opaque: OpaqueEventProcessor | undefined): EventSink | undefined {
  return processors.open(opaque);
}

/** Creates a batching event processor. @throws Error `Invalid event dispatcher` */
export function createBatchProcessor(
  platform: PlatformDefaults,
  options: BatchEventProcessorOptions = {},
): OpaqueEventProcessor {
  const { eventDispatcher, closingEventDispatcher, batchSize, flushInterval, eventStore, storeTtl } = options;
  for (const dispatcher of [eventDispatcher, closingEventDispatcher]) checkDispatcher(dispatcher);
  let isClosing = false;
  const usual = eventDispatcher ?? defaultDispatcher;
  const closing = closingEventDispatcher ?? usual;
  const sink = createBatchEvents({
    batchSize: isAboveZero(batchSize) ? Math.ceil(batchSize) : 10,
    flushIntervalMs: isAboveZero(flushInterval) ? Math.ceil(flushInterval) : platform.flushInterval,
    store: eventStore ? keepEvents(toEventStore(eventStore, storeTtl)) : platform.createEventStore(),
    ...((eventDispatcher ?? closingEventDispatcher) && { fetch: toFetch(() => (isClosing ? closing : usual)) }),
  });
  return processors.wrap({
    ...sink,
    close(limits) {
      isClosing = true;
      return sink.close(limits);
    },
  });
}

/** Creates an event processor that sends each event in a separate request. @throws Error `Invalid event dispatcher` */
export function createForwardingProcessor(dispatcher: EventDispatcher = defaultDispatcher): OpaqueEventProcessor {
  checkDispatcher(dispatcher);
  return processors.wrap(createForwardingSink(dispatcher));
}

function checkDispatcher(dispatcher: EventDispatcher | undefined): void {
  if (dispatcher !== undefined && typeof dispatcher?.dispatchEvent !== 'function')
    throw new Error('Invalid event dispatcher');
}

function isAboveZero(value: number | undefined): value is number {
  return typeof value === 'number' && value > 0 && value < 2 ** 31;
}

/** Sends each event immediately and once. If sending fails, it reports a problem and the event is lost. */
function createForwardingSink(dispatcher: EventDispatcher): EventSink {
  const counters = { produced: 0, delivered: 0, dropped: 0, retries: 0 };
  const pending = new Set<Promise<void>>();
  const hosts = new Set<EventSinkHost>();
  // Writes the request of one event; never sends.
  const writer = createBatchEvents({ fetch: () => Promise.reject(new Error('This sink sends nothing.')) });
  const toLogEvent = (event: ImpressionEvent | ConversionEvent): LogEvent => writer.toLogEvent(event);

  async function send(log: LogEvent): Promise<void> {
    try {
      const { statusCode = 204 } = (await dispatcher.dispatchEvent(toPlainLogEvent(log) as never)) ?? {};
      if (statusCode < 200 || statusCode >= 400) throw new Error(`The dispatcher answered status ${statusCode}.`);
      counters.delivered += 1;
    } catch (cause) {
      counters.dropped += 1;
      const message = 'An event could not be sent and is lost; the forwarding event processor does not try again.';
      for (const host of hosts) host.problem({ code: 'event-lost', part: 'events', message, cause });
    }
  }

  /** Waits for the requests under way. */
  async function settle(timeoutMs = 5_000): Promise<{ delivered: number; dropped: number; pending: number }> {
    let stop = (): void => undefined;
    const timeout = new Promise<void>((resolve) => {
      stop = startTimer(resolve, timeoutMs);
    });
    await Promise.race([Promise.all(pending), timeout]);
    stop();
    return { delivered: counters.delivered, dropped: counters.dropped, pending: pending.size };
  }

  return {
    record(event) {
      counters.produced += 1;
      const log = toLogEvent(event);
      const sending = send(log).finally(() => pending.delete(sending));
      pending.add(sending);
      for (const host of hosts) {
        host.waitUntil?.(sending);
        host.logEvent(log);
      }
    },
    toLogEvent,
    flush: (limits) => settle(limits?.timeoutMs),
    close: (limits) => settle(limits?.timeoutMs),
    stats: () => ({ ...counters, pending: pending.size }),
    attach: (host) => void hosts.add(host),
  };
}
