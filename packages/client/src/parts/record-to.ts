/** Recording events: impressions and conversions go to an event sink. */
import type { EventSink } from '@sortition/core';
import { hasMethods } from '@sortition/core/internal';
import { checkValue, type OptionRule } from '../option-rules.ts';
import type { Part } from '../part.ts';
import { createEventRecorder } from './event-recorder.ts';

/** The rule for event sinks. */
export const SINK: OptionRule = [
  'an event sink, or null for none',
  (value) => value === null || hasMethods(value, ['record']),
];

/**
 * Records impressions and conversions.
 *
 * @param sink `createBatchEvents()` of `@sortition/events`, or your own; `null`: no events are wanted. The client
 *   closes it.
 * @throws SdkError `invalid-option` when the sink has no method `record`
 */
export function recordTo(sink: EventSink | null): Part<never> {
  if (sink !== undefined) checkValue('recordTo', 'sink', sink, SINK);
  return (client) => {
    const recorder = createEventRecorder(client, sink);
    recorder.callSink((events) => events.attach?.(client.host), 'The event sink could not be attached.');
    if (sink === undefined) {
      const message =
        'The client has no event sink: impressions and conversions are lost. Pass "events: createBatchEvents()", or "events: null" if you want none.';
      client.problems.report({ code: 'no-event-sink', part: 'events', message });
    }
    return {
      part: 'events',
      recorder,
      flush: async (limits) => sink?.flush?.(limits),
      close: async (limits) => sink?.close?.(limits),
      stats() {
        const events = recorder.callSink((own) => own.stats?.(), 'The event sink has no counters to show.');
        return events ? { events } : {};
      },
    };
  };
}
