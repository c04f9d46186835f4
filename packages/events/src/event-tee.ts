/** Sends every event to several sinks, with the same ids everywhere. */
import { type DeliveryReport, type EventSink, type EventSinkHost, SdkError } from '@sortition/core';
import { callPart, hasMethods } from '@sortition/core/internal';

/**
 * Creates a sink that passes events to other sinks, in order. An error of one sink is reported and does not affect the
 * others.
 *
 * `randomId` and `toLogEvent` are those of the first sink that has them. Counters are those of the first sink, which is
 * usually the batching sink. `flush` and `close` wait for all.
 *
 * @throws SdkError `invalid-option` unless there is at least one sink
 * @example
 * const events = createEventTee([createBatchEvents(), createStreamEvents({ redis })]);
 */
export function createEventTee(sinks: readonly [EventSink, ...EventSink[]]): EventSink {
  if (!Array.isArray(sinks) || sinks.length === 0 || !sinks.every((sink) => hasMethods(sink, ['record']))) {
    throw new SdkError('invalid-option', 'createEventTee takes a list of one or more sinks, each with record(event).');
  }
  const [first] = sinks;
  const hosts: EventSinkHost[] = [];
  const randomId = firstMethod(sinks, 'randomId');
  const toLogEvent = firstMethod(sinks, 'toLogEvent');
  const stats = first.stats?.bind(first);

  function report(message: string, cause: unknown): void {
    for (const host of hosts) host.problem({ code: 'event-sink-failed', part: 'events', message, cause });
  }

  /** Calls every sink; returns the result of the first one. */
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
    return answer ?? stats?.() ?? { delivered: 0, dropped: 0, pending: 0 };
  }

  return {
    record(event) {
      for (const sink of sinks) {
        callPart(
          () => sink.record(event),
          (cause) => report('One of several event sinks failed; the others have the event.', cause),
        );
      }
    },
    ...(randomId && { randomId }),
    ...(toLogEvent && { toLogEvent }),
    ...(stats && { stats }),
    flush: (options) => askAll((sink) => sink.flush?.(options)),
    close: (options) => askAll((sink) => sink.close?.(options)),
    attach(host) {
      hosts.push(host);
      for (const sink of sinks) {
        callPart(
          () => sink.attach?.(host),
          (cause) => report('One of several event sinks could not be attached to its client.', cause),
        );
      }
    },
  };
}

/** Returns a method of the first sink that has it. */
function firstMethod<Name extends 'randomId' | 'toLogEvent'>(
  sinks: readonly EventSink[],
  name: Name,
): EventSink[Name] | undefined {
  const sink = sinks.find((each) => each[name] !== undefined);
  return sink?.[name]?.bind(sink) as EventSink[Name] | undefined;
}
