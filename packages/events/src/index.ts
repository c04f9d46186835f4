/** Impressions and conversions: the batching sink, payloads, and sinks side by side. */
export type { BatchContext, RecordedEvent } from './batch-context.ts';
export { createBatchEvents } from './batch-events.ts';
export type { BatchEventsOptions, DropReason } from './batch-events-options.ts';
export { buildEventBatch } from './build-event-batch.ts';
export type { BatchDecision, BatchEvent, BatchSnapshot, BatchVisitor, EventBatch } from './event-batch.ts';
export type { EventStore, LeftEvents, StoredEvent } from './event-store.ts';
export { createEventTee } from './event-tee.ts';
export { type EventKeeper, keepEvents } from './kept-events.ts';
export type { VisitorAttribute } from './visitor-attributes.ts';
