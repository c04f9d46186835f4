/** Recording events: impressions and conversions go to an event sink. */
import type { EventSink } from '@sortition/core';
import { hasMethods } from '@sortition/core/internal';
import { checkValue, type OptionRule } from '../option-rules.ts';
import type { Part, Recorder } from '../part.ts';
import { recordConversion } from './conversions.ts';
import { createEventRecorder } from './event-recorder.ts';
import { recordHeldImpression } from './held-impressions.ts';
import { recordImpression } from './impressions.ts';

/** What events may go to. */
export const SINK: OptionRule = [
  'an event sink, or null for none',
  (value) => value === null || hasMethods(value, ['record']),
];

/**
 * Records impressions and conversions.
 *
 * @param sink `createBatchEvents()` of `@sortition/events`, or your own; `null`: events go nowhere, on purpose. The client
 *   closes it.
 * @throws SdkError `invalid-option` when the sink has no method `record`
 */
export function recordTo(sink: EventSink | null): Part<never> {
  if (sink !== undefined) checkValue('recordTo', 'sink', sink, SINK);
  return (client) => {
    const recorder = createEventRecorder(client, sink);
    recorder.callSink((events) => events.attach?.(client.host), 'The event sink could not be attached.');
    if (sink === undefined) {
      client.problems.report({
        code: 'no-event-sink',
        part: 'events',
        message:
          'The client has no event sink: impressions and conversions go nowhere. Pass "events: createBatchEvents()", or "events: null" if that is meant.',
      });
    }
    const impression: Recorder['impression'] = (config, user, outcome, uuid) =>
      recordImpression(client, recorder, { config, user, outcome, uuid });
    return {
      part: 'events',
      recorder: {
        impression,
        heldImpression: (decision) => recordHeldImpression(client, impression, decision),
        conversion: (user, eventKey, tags) => recordConversion(client, recorder, { user, eventKey, tags }),
      },
      flush: async (limits) => sink?.flush?.(limits),
      close: async (limits) => sink?.close?.(limits),
      stats() {
        const events = recorder.callSink((own) => own.stats?.(), 'The event sink has no counters to show.');
        return events ? { events } : {};
      },
    };
  };
}
