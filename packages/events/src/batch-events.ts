/** The event sink that most applications use: batches, limits, at-least-once delivery. */
import type { DeliveryReport, EventSink } from '@sortition/core';
import { callPart } from '@sortition/core/internal';
import { createDeliveryLane, monotonicNow, randomUuid, requestStatus } from '@sortition/http';
import {
  type BatchContext,
  isSameContext,
  type QueuedEvent,
  type RecordedEvent,
  readContext,
} from './batch-context.ts';
import { type BatchEventsOptions, checkOptions, type DropReason } from './batch-events-options.ts';
import { createEventFitter } from './fit-event.ts';
import { writeBatch } from './log-event.ts';
import { deliverOnPageHide } from './page-hide.ts';
import { createSinkHosts } from './sink-hosts.ts';

const HEADERS = { 'content-type': 'application/json' };

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
  const settings = checkOptions(options);
  const { endpoint, maxQueueSize, maxQueueBytes, randomId = randomUuid, onDrop, fetch } = settings;
  const counters = { produced: 0, recovered: 0, delivered: 0, dropped: 0, retries: 0, trimmed: 0 };
  const hosts = createSinkHosts();
  const fit = createEventFitter(settings);
  let stopPageHide: (() => void) | undefined;
  let closing: Promise<DeliveryReport> | undefined;

  const lane = createDeliveryLane<BatchContext, QueuedEvent>({
    ...settings,
    isSameContext,
    send({ context, items, isNew }, exchange) {
      const { log, body } = writeBatch(endpoint, context, items);
      if (isNew) hosts.logEvent(log);
      return requestStatus({
        ...exchange,
        url: log.url,
        method: 'POST',
        headers: HEADERS,
        body,
        timeoutMs: settings.requestTimeoutMs,
        fetch,
      });
    },
    onDelivered(items) {
      counters.delivered += items.length;
      end(items);
      void kept?.refill();
    },
    onDropped(items, reason, status) {
      for (const { uuid } of items) drop(uuid, reason);
      end(items);
      hosts.problemOnce('events-refused', `Events were refused with status ${status} and are lost.`);
    },
    onRetry(why, cause) {
      counters.retries += 1;
      if (why === undefined) return;
      const message = `Events could not be sent; they are kept and sent again. ${why}`;
      hosts.problemOnce('events-delayed', message, cause);
    },
    waitUntil: () => hosts.waitUntil,
  });

  const kept = settings.store?.keepFor({
    settings,
    hosts,
    lane,
    onLost: dropOverflow,
    onTaken(events) {
      counters.recovered += events;
    },
  });

  function end(items: readonly QueuedEvent[]): void {
    kept?.remove(items.map(({ uuid }) => uuid));
    if (lane.count === 0) hosts.forget();
  }

  function drop(uuid: string, reason: DropReason): void {
    counters.dropped += 1;
    callPart(
      () => onDrop?.({ uuid, reason }),
      (cause) => hosts.problemOnce('on-drop-failed', 'The option "onDrop" threw.', cause),
    );
  }

  function refuse(uuid: string, reason: DropReason, code: string, message: string): void {
    drop(uuid, reason);
    hosts.problemOnce(code, message);
  }

  function dropOverflow(uuid: string): void {
    const message = `The event queue is full with ${lane.count} events; new ones are dropped until it empties.`;
    refuse(uuid, 'queue-full', 'event-queue-full', message);
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
      hosts.problemOnce(
        'event-trimmed',
        'Attributes or tags that are too large or not JSON were left out of an event.',
      );
    }
    const hasRoom = lane.count < maxQueueSize && lane.bytes + visitor.length <= maxQueueBytes;
    if (kept?.keep({ uuid, storedAt: Date.now(), context, visitor }, hasRoom)) return;
    if (!hasRoom) {
      dropOverflow(uuid);
      return;
    }
    stopPageHide ??= deliverOnPageHide(lane, endpoint, hosts);
    lane.add(context, { uuid, text: visitor, number: 0 });
  }

  function soFar(): DeliveryReport {
    const { delivered, dropped } = counters;
    return { delivered, dropped, pending: pending() };
  }

  function pending(): number {
    return lane.count + (kept?.spilled ?? 0);
  }

  async function flush(options?: { timeoutMs?: number | undefined }): Promise<DeliveryReport> {
    const until = monotonicNow() + (options?.timeoutMs ?? 5_000);
    for (let before = -1; before < counters.delivered; ) {
      before = counters.delivered;
      await lane.flush(until - monotonicNow());
      if (!kept?.spilled) break;
      await kept.refill();
    }
    return soFar();
  }

  async function stop(options?: { timeoutMs?: number | undefined }): Promise<DeliveryReport> {
    stopPageHide?.();
    await flush(options);
    lane.stop();
    kept?.close();
    return soFar();
  }

  return {
    record,
    randomId,
    flush,
    close: (closeOptions) => (closing ??= stop(closeOptions)),
    stats: () => ({ ...counters, pending: pending() }),
    toLogEvent(event) {
      const fitted = fit(event);
      return writeBatch(endpoint, readContext(event), fitted ? [{ text: fitted.visitor }] : []).log;
    },
    attach(host) {
      hosts.add(host);
      if (settings.unknown) hosts.problemOnce('unknown-option', settings.unknown);
      kept?.start();
    },
  };
}
