/**
 * Event collector: `POST /v1/events` accepts the documented batches of impressions and conversions, rejects others with
 * the reasons, and stores each event once even when it arrives several times.
 */
import { type CollectedEvent, parseEventBatch } from './event-batch.ts';
import type { EventStore } from './event-store.ts';
import type { FaultSwitches } from './faults.ts';
import { readJsonBody } from './json-body.ts';
import type { NodeApp } from './node-context.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';

/** The collector's controls. */
export interface EventCollector {
  readonly requests: RequestLog;
  /** Counts of events since the start. */
  readonly counts: { readonly received: number; readonly unique: number; readonly duplicates: number };
  /** Batches refused with 400. */
  readonly refusedBatches: number;
  /** Calls the listener with each new event once it is stored; returns unsubscribe. */
  subscribe(listener: (event: CollectedEvent) => void): () => void;
}

/** Adds the collector's route to `app`. */
export function createEventCollector(app: NodeApp, faults: FaultSwitches, store: EventStore): EventCollector {
  const requests = createRequestLog();
  const listeners = new Set<(event: CollectedEvent) => void>();
  let received = 0;
  let unique = 0;
  let refusedBatches = 0;

  app.use('/v1/events', faults.middleware('events'));
  app.post('/v1/events', async (context) => {
    const { raw, text, value } = await readJsonBody(context);
    requests.record(context.req.raw, text);
    const parsed = value === undefined ? { problems: ['the body must be JSON'] } : parseEventBatch(value);
    if ('problems' in parsed) {
      refusedBatches += 1;
      return context.json({ problems: parsed.problems }, 400);
    }
    const fresh = await store.append({ receivedAt: Date.now(), raw, events: parsed.events });
    received += parsed.events.length;
    unique += fresh.length;
    for (const event of fresh) for (const listener of listeners) listener(event);
    return context.body(null, 204);
  });

  return {
    requests,
    get counts() {
      return { received, unique, duplicates: received - unique };
    },
    get refusedBatches() {
      return refusedBatches;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
