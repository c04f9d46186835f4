/** The event sink most applications use: batches, bounds, delivery at least once. */
import type { DeliveryReport, EventSink } from '@sortition/core';
import { randomUuid, startTimer } from '@sortition/http';
import { type RecordedEvent, readContext } from './batch-context.ts';
import { type BatchEventsOptions, checkOptions, type DropReason } from './batch-events-options.ts';
import { createDelivery } from './delivery.ts';
import { type Batch, createEventQueue } from './event-queue.ts';
import { guardStore, isStoredEvent } from './event-store.ts';
import { createEventFitter } from './fit-event.ts';
import { createFlushes } from './flushes.ts';
import { writeLetter } from './log-event.ts';
import { deliverOnPageHide } from './page-hide.ts';
import { createSinkHosts } from './sink-hosts.ts';

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
  const counters = { produced: 0, recovered: 0, delivered: 0, dropped: 0, retries: 0, trimmed: 0 };
  const hosts = createSinkHosts();
  const queue = createEventQueue(settings);
  const fit = createEventFitter(settings);
  const flushes = createFlushes();
  const store = settings.store && guardStore(settings.store, hosts);
  let cancelTimer: (() => void) | undefined;
  let cancelTakingLeft: (() => void) | undefined;
  let stopPageHide: (() => void) | undefined;
  let isTakingLeft = false;
  let mayHaveLeft = true;
  let isHandedOver = false;
  let closing: Promise<DeliveryReport> | undefined;
  let isStopped = false;

  const delivery = createDelivery({
    settings,
    queue,
    hosts,
    onEnd: finish,
    onRetry: () => {
      counters.retries += 1;
    },
  });

  function finish(batch: Batch, reason?: DropReason): void {
    const uuids = batch.events.map(({ uuid }) => uuid);
    if (reason === undefined) {
      counters.delivered += uuids.length;
      hosts.forget('event-queue-full');
    } else for (const uuid of uuids) drop(uuid, reason);
    queue.settle(batch);
    store?.remove(uuids);
    flushes.settle(batch.events);
    if (reason === undefined && mayHaveLeft) void takeLeft();
  }

  function drop(uuid: string, reason: DropReason): void {
    counters.dropped += 1;
    try {
      onDrop?.({ uuid, reason });
    } catch (cause) {
      hosts.problemOnce('on-drop-failed', 'The option "onDrop" threw.', cause);
    }
  }

  function refuse(uuid: string, reason: DropReason, code: string, message: string): void {
    drop(uuid, reason);
    hosts.problemOnce(code, message);
  }

  function record(event: RecordedEvent): void {
    const { uuid } = event;
    counters.produced += 1;
    if (closing) {
      refuse(uuid, 'closed', 'events-closed', 'An event came after the sink was closed and was dropped.');
      return;
    }
    const fitted = fit(event);
    if (fitted === null) {
      const message = `An event is larger than ${settings.maxEventBytes} bytes by its user id and was dropped.`;
      refuse(uuid, 'too-large', 'event-too-large', message);
      return;
    }
    const { context, visitor, trimmed } = fitted;
    if (trimmed > 0) {
      counters.trimmed += trimmed;
      hosts.problemOnce('event-trimmed', 'Attributes or tags that are too large or no JSON were left out of an event.');
    }
    if (!queue.hasRoom(visitor.length)) {
      const message = `The event queue is full with ${queue.count} events; new ones are dropped until it empties.`;
      refuse(uuid, 'queue-full', 'event-queue-full', message);
      return;
    }
    store?.add({ uuid, storedAt: Date.now(), context, visitor });
    queue.add(context, { uuid, number: lastNumber(), visitor });
    stopPageHide ??= deliverOnPageHide(delivery.handOver);
    handOver();
    schedule();
  }

  /** Increases with every event that comes to the queue. */
  function lastNumber(): number {
    return counters.produced + counters.recovered;
  }

  function schedule(): void {
    if (queue.ready.length > 0) delivery.pump();
    if (queue.open) cancelTimer ??= startTimer(sendOpen, flushIntervalMs);
    else stopTimer();
  }

  function stopTimer(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  function sendOpen(isUrgent?: boolean): void {
    stopTimer();
    queue.seal();
    delivery.pump(isUrgent);
  }

  /** Gives the runtime a promise for what is queued, once per burst of events. */
  function handOver(): void {
    if (isHandedOver || !hosts.hasWaiting) return;
    isHandedOver = true;
    const sent = new Promise((resolve) => {
      const send = (): void => {
        isHandedOver = false;
        resolve(flush({ timeoutMs: HAND_OVER_TIMEOUT_MS }));
      };
      startTimer(send, Math.min(flushIntervalMs, HAND_OVER_DELAY_MS));
    });
    hosts.waitUntil(sent);
  }

  async function takeLeft(): Promise<void> {
    if (store === undefined || closing) return;
    cancelTakingLeft?.();
    cancelTakingLeft = startTimer(takeLeft, TAKE_LEFT_INTERVAL_MS);
    // Half of the queue is kept for new events; something is taken whenever it is empty, whatever its size.
    const room = settings.maxQueueSize / 2 - queue.count;
    const fits = (settings.maxQueueBytes / 2 - queue.bytes) / settings.maxEventBytes;
    const limit = Math.max(Math.floor(Math.min(TAKE_LEFT_LIMIT, room, fits)), queue.count === 0 ? 1 : 0);
    if (isTakingLeft || limit === 0) return;
    isTakingLeft = true;
    const { events, more, lost } = await store.takeLeft(limit);
    isTakingLeft = false;
    mayHaveLeft = more;
    const usable = events.filter(isStoredEvent);
    const unusable = lost + events.length - usable.length;
    if (unusable > 0) {
      hosts.problem('stored-events-lost', `${unusable} stored events were too old or could not be read.`);
    }
    counters.recovered += usable.length;
    for (const { uuid, context, visitor } of usable) {
      queue.add(context, { uuid, number: lastNumber(), visitor });
    }
    sendOpen();
  }

  function soFar(): DeliveryReport {
    const { delivered, dropped } = counters;
    return { delivered, dropped, pending: queue.count };
  }

  async function flush({ timeoutMs = 5_000 }: { timeoutMs?: number | undefined } = {}): Promise<DeliveryReport> {
    if (!isStopped) {
      sendOpen(true);
      await flushes.wait(lastNumber(), queue.count, timeoutMs);
    }
    return soFar();
  }

  async function stop(options: { timeoutMs?: number | undefined }): Promise<DeliveryReport> {
    cancelTakingLeft?.();
    stopPageHide?.();
    await flush(options);
    isStopped = true;
    stopTimer();
    delivery.stop();
    // A store that hangs has had its time: what it was given before is on its way.
    store?.close();
    return soFar();
  }

  return {
    record,
    randomId,
    flush,
    close: (closeOptions = {}) => (closing ??= stop(closeOptions)),
    stats: () => ({ ...counters, pending: queue.count }),
    toLogEvent(event) {
      const fitted = fit(event);
      return writeLetter(settings.endpoint, { context: readContext(event), events: fitted ? [fitted] : [] }).log;
    },
    attach(host) {
      hosts.add(host);
      if (!cancelTakingLeft) void takeLeft();
    },
  };
}
