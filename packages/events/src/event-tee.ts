/** Sends every event to several sinks, with the same ids everywhere. */
import type { DeliveryReport, EventSink, EventSinkHost } from '@sortition/core';

/**
 * Creates a sink that passes events to others, in order. What one of them throws is reported and keeps nothing from the
 * others.
 *
 * Ids are made by the first sink that makes ids; counters are the first one's, so it is the one to account for (usually
 * the batching sink). `flush` and `close` wait for all.
 *
 * @example
 * const events = createEventTee([createBatchEvents(), createStreamEvents({ redis })]);
 */
export function createEventTee(sinks: readonly [EventSink, ...EventSink[]]): EventSink {
  const [first] = sinks;
  const hosts: EventSinkHost[] = [];
  const idMaker = sinks.find(({ randomId }) => randomId !== undefined);

  function report(message: string, cause: unknown): void {
    for (const host of hosts) host.problem({ code: 'event-sink-failed', part: 'events', message, cause });
  }

  /** Asks every sink; answers what the first one did. */
  async function askAll(ask: (sink: EventSink) => Promise<DeliveryReport> | undefined): Promise<DeliveryReport> {
    const [answer] = await Promise.all(
      sinks.map(async (sink) => {
        try {
          return await ask(sink);
        } catch (cause) {
          report('One of several event sinks could not be flushed or closed.', cause);
          return undefined;
        }
      }),
    );
    return answer ?? first.stats?.() ?? { delivered: 0, dropped: 0, pending: 0 };
  }

  return {
    record(event) {
      for (const sink of sinks) {
        try {
          sink.record(event);
        } catch (cause) {
          report('One of several event sinks threw; the others have the event.', cause);
        }
      }
    },
    ...(idMaker?.randomId && { randomId: () => idMaker.randomId?.() ?? '' }),
    ...(first.stats && {
      stats: () => first.stats?.() ?? { produced: 0, delivered: 0, dropped: 0, pending: 0, retries: 0 },
    }),
    flush: (options) => askAll((sink) => sink.flush?.(options)),
    close: (options) => askAll((sink) => sink.close?.(options)),
    attach(host) {
      hosts.push(host);
      for (const sink of sinks) sink.attach?.(host);
    },
  };
}
