/** The event sink most applications use: batches, bounds, delivery at least once. */
import type { DeliveryReport, EventSink, EventSinkHost, LogEvent } from '@sortition/core';
import { randomUuid, startTimer } from '@sortition/http';
import { createContextReader, type RecordedEvent } from './batch-context.ts';
import { type BatchEventsOptions, checkOptions } from './batch-events-options.ts';
import { buildEventBatch } from './build-event-batch.ts';
import { createDelivery, type DropReason } from './delivery.ts';
import { createVisitorBuilder } from './event-batch.ts';
import { endpointOf } from './event-endpoint.ts';
import { type Batch, createEventQueue } from './event-queue.ts';
import { createContextPool, guardStore, isStoredEvent, storeEvent } from './event-store.ts';
import { createEventFitter } from './fit-event.ts';
import { createFlushes } from './flushes.ts';
import { deliverOnPageHide } from './page-hide.ts';

/** Events of earlier processes are looked for this often, where there is a store. */
const TAKE_LEFT_INTERVAL_MS = 20_000;
/** Read from a store at a time. */
const TAKE_LEFT_LIMIT = 500;
/** Where `waitUntil` is given, the end of the request is near: batches are not waited for longer. */
const HAND_OVER_DELAY_MS = 50;
const HAND_OVER_TIMEOUT_MS = 15_000;

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
  const settings = checkOptions(options);
  const { flushIntervalMs, randomId = randomUuid, onDrop } = settings;
  const hosts: EventSinkHost[] = [];
  const takers: ((work: Promise<unknown>) => void)[] = [];
  const counters = { produced: 0, recovered: 0, delivered: 0, dropped: 0, retries: 0, trimmed: 0 };
  const queue = createEventQueue(settings);
  const readContext = createContextReader();
  const fit = createEventFitter(settings);
  const buildVisitor = createVisitorBuilder();
  const poolContext = createContextPool();
  const flushes = createFlushes();
  const store = settings.store && guardStore(settings.store, (message, cause) => once('event-store', message, cause));
  const told = new Set<string>();
  let cancelTimer: (() => void) | undefined;
  let stopTakingLeft: (() => void) | undefined;
  let stopPageHide: (() => void) | undefined;
  let isTakingLeft = false;
  let mayHaveLeft = store !== undefined;
  let isHandedOver = false;
  let closing: Promise<DeliveryReport> | undefined;
  let isStopped = false;

  const delivery = createDelivery({
    queue,
    endpoint: settings.endpoint,
    requestTimeoutMs: settings.requestTimeoutMs,
    fetch: settings.fetch,
    onDelivered(batch) {
      told.delete('event-queue-full');
      counters.delivered += batch.events.length;
      finish(batch);
      if (mayHaveLeft) void takeLeft();
    },
    onDropped(batch, reason) {
      for (const { uuid } of batch.events) drop(uuid, reason);
      finish(batch);
    },
    onRetry: () => {
      counters.retries += 1;
    },
    onSend: (event: LogEvent) => {
      for (const host of hosts) host.logEvent(event);
    },
    report,
  });

  function report(code: string, message: string, cause?: unknown): void {
    for (const host of hosts) host.problem({ code, part: 'events', message, ...(cause !== undefined && { cause }) });
  }

  /** Reports a problem of this code only the first time, until it is forgotten. */
  function once(code: string, message: string, cause?: unknown): void {
    if (told.has(code)) return;
    told.add(code);
    report(code, message, cause);
  }

  function finish(batch: Batch): void {
    store?.remove(batch.events.map(({ uuid }) => uuid));
    flushes.settle(batch.events);
  }

  function drop(uuid: string, reason: DropReason): void {
    counters.dropped += 1;
    try {
      onDrop?.({ uuid, reason });
    } catch (cause) {
      once('on-drop-failed', 'The option "onDrop" threw.', cause);
    }
  }

  function record(recorded: RecordedEvent): void {
    counters.produced += 1;
    if (closing) {
      drop(recorded.uuid, 'closed');
      once('events-closed', 'An event came after the sink was closed and was dropped.');
      return;
    }
    const fitted = fit(recorded);
    if (fitted === null) {
      drop(recorded.uuid, 'too-large');
      once(
        'event-too-large',
        `An event is larger than ${settings.maxEventBytes} bytes by its user id and was dropped.`,
      );
      return;
    }
    const { event, bytes, trimmed } = fitted;
    if (trimmed > 0) {
      counters.trimmed += trimmed;
      once('event-trimmed', 'Attributes or tags that are too large or no JSON were left out of an event.');
    }
    if (!queue.hasRoom(bytes)) {
      drop(event.uuid, 'queue-full');
      once(
        'event-queue-full',
        `The event queue is full with ${queue.count} events; new ones are dropped until it empties.`,
      );
      return;
    }
    const context = readContext(event);
    store?.add(storeEvent(event, context, buildVisitor(event)));
    queue.add({ uuid: event.uuid, bytes, context, source: event });
    stopPageHide ??= deliverOnPageHide(onPageHide);
    handOver();
    schedule();
  }

  function schedule(): void {
    if (queue.hasReady) delivery.pump();
    if (queue.openCount === 0) {
      cancelTimer?.();
      cancelTimer = undefined;
    } else cancelTimer ??= startTimer(sendOpen, flushIntervalMs);
  }

  function sendOpen(): void {
    cancelTimer = undefined;
    queue.seal();
    delivery.pump();
  }

  function onPageHide(maxBytes: number, send: (url: string, body: string) => boolean): void {
    queue.seal();
    delivery.handOver(maxBytes, send);
  }

  /** Gives the runtime a promise for what is queued, once per burst of events. */
  function handOver(): void {
    if (isHandedOver || takers.length === 0) return;
    isHandedOver = true;
    const sent = new Promise<void>((resolve) => {
      const delayMs = Math.min(flushIntervalMs, HAND_OVER_DELAY_MS);
      startTimer(() => {
        isHandedOver = false;
        void flush({ timeoutMs: HAND_OVER_TIMEOUT_MS }).then(() => resolve());
      }, delayMs);
    });
    for (const taker of takers) taker(sent);
  }

  /** Half of the queue is kept for new events; something is taken whenever it is empty, whatever its size. */
  function countTakeable(): number {
    const room = settings.maxQueueSize / 2 - queue.count;
    const fits = (settings.maxQueueBytes / 2 - queue.bytes) / settings.maxEventBytes;
    return Math.max(Math.floor(Math.min(TAKE_LEFT_LIMIT, room, fits)), queue.count === 0 ? 1 : 0);
  }

  async function takeLeft(): Promise<void> {
    const limit = countTakeable();
    if (store === undefined || isTakingLeft || closing || limit === 0) return;
    isTakingLeft = true;
    const { events, more, lost } = await store.takeLeft(limit);
    isTakingLeft = false;
    mayHaveLeft = more;
    const usable = events.filter(isStoredEvent);
    const unusable = lost + events.length - usable.length;
    if (unusable > 0) report('stored-events-lost', `${unusable} stored events were too old or could not be read.`);
    counters.recovered += usable.length;
    for (const { uuid, context, visitor } of usable) {
      queue.add({ uuid, bytes: visitor.length, context: poolContext(context), source: visitor });
    }
    queue.seal();
    delivery.pump();
  }

  function soFar(): DeliveryReport {
    const { delivered, dropped } = counters;
    return { delivered, dropped, pending: queue.count };
  }

  async function flush({ timeoutMs = 5_000 }: { timeoutMs?: number } = {}): Promise<DeliveryReport> {
    if (isStopped) return soFar();
    queue.seal();
    schedule();
    delivery.wake();
    delivery.pump();
    await flushes.wait(queue.lastNumber, queue.count, timeoutMs);
    return soFar();
  }

  async function stop(options: { timeoutMs?: number }): Promise<DeliveryReport> {
    stopTakingLeft?.();
    stopPageHide?.();
    await flush(options);
    isStopped = true;
    cancelTimer?.();
    delivery.stop();
    // A store that hangs has had its time: what it was given before is on its way.
    void store?.close();
    return soFar();
  }

  return {
    record,
    randomId,
    flush,
    close: (closeOptions = {}) => (closing ??= stop(closeOptions)),
    stats: () => ({ ...counters, pending: queue.count }),
    toLogEvent: (event) => ({
      url: settings.endpoint ?? endpointOf(event.config.region),
      httpVerb: 'POST',
      params: buildEventBatch([event]),
    }),
    attach(host) {
      hosts.push(host);
      if (host.waitUntil) takers.push(host.waitUntil);
      if (store === undefined || stopTakingLeft) return;
      stopTakingLeft = repeat(() => void takeLeft(), TAKE_LEFT_INTERVAL_MS);
      void takeLeft();
    },
  };
}

/** Runs `work` again and again, without keeping the process alive. Returns what ends it. */
function repeat(work: () => void, intervalMs: number): () => void {
  let cancel = startTimer(tick, intervalMs);
  function tick(): void {
    cancel = startTimer(tick, intervalMs);
    work();
  }
  return () => cancel();
}
