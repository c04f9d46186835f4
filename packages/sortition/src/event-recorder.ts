/** Hands impressions and conversions to the event sink, and counts what comes when there is no place for them any more. */
import type { ConversionEvent, EventSink, ImpressionEvent } from '@sortition/core';
import { randomUuid } from '@sortition/http';
import { callPart } from './call-part.ts';
import { mayRecord, type Runtime } from './runtime.ts';

/** Attaches the sink. One that was not given may have been forgotten, which is said; `null` says it was not. */
export function attachSink(runtime: Runtime): void {
  callSink(runtime, (sink) => sink.attach?.(runtime.host), 'The event sink could not be attached.');
  if (runtime.options.events !== undefined) return;
  runtime.problems.report({
    code: 'no-event-sink',
    part: 'events',
    message:
      'The client has no event sink: impressions and conversions go nowhere. Pass "events: createBatchEvents()", or "events: null" if that is meant.',
  });
}

/** Whether an event has somewhere to go. Asked once per event: after close, each "no" is counted. */
export function acceptsEvents(runtime: Runtime): boolean {
  if (mayRecord(runtime)) return Boolean(runtime.options.events);
  runtime.problems.reportFirst({
    code: 'event-after-close',
    part: 'events',
    message: 'An impression or conversion came after the client was closed and was ignored.',
  });
  return false;
}

/** A new `uuid`, as the sink wants it. */
export function newEventId(runtime: Runtime): string {
  const failure = 'The event sink could not make an id; a random UUID is used.';
  const id = callSink(runtime, (sink) => sink.randomId?.(), failure);
  return typeof id === 'string' && id !== '' ? id : randomUuid();
}

/** Never throws. */
export function recordEvent(runtime: Runtime, event: ImpressionEvent | ConversionEvent): void {
  callSink(runtime, (sink) => sink.record(event), 'The event sink failed; the event is lost.');
}

/** Calls the sink; `undefined` when there is none or it fails, which is told the first time. */
export function callSink<T>(
  { options: { events }, problems }: Runtime,
  call: (sink: EventSink) => T,
  message: string,
): T | undefined {
  if (!events) return undefined;
  return callPart(
    () => call(events),
    (cause) => problems.reportFirst({ code: 'event-sink-failed', part: 'events', message, cause }),
  );
}
