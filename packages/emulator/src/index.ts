/** Local stand-ins for the hosted services, for tests, demos and the lab. */
export type { DatafileCdn, PublishedDatafile } from './datafile-cdn.ts';
export { type CollectedDecision, type CollectedEvent, parseEventBatch } from './event-batch.ts';
export type { EventCollector } from './event-collector.ts';
export { type CollectedBatch, createMemoryEventStore, type EventStore, type MemoryEventStore } from './event-store.ts';
export { ENDPOINTS, type Endpoint, type Fault, type FaultSwitches } from './faults.ts';
export { keepAlive } from './heartbeat.ts';
export { isRecord, readJsonBody } from './json-body.ts';
export { createLabServer, type LabServer, type LabServerOptions, type LabServices } from './lab-server.ts';
export type { NodeApp, NodeContext, NodeMiddleware } from './node-context.ts';
export type { OdpEmulator, OdpEmulatorOptions, OdpRefusal, ReceivedOdpEvent } from './odp-emulator.ts';
export { parseFaults } from './parse-faults.ts';
export type { Predict, PredictionEndpoint, PredictionInstance } from './prediction-endpoint.ts';
export { createRecentIds } from './recent-ids.ts';
export { requireJsonWrites } from './request-guards.ts';
export type { ReceivedRequest, RequestLog } from './request-log.ts';
export type {
  DecideVardata,
  VardataEndpoint,
  VardataOptions,
  VardataRequest,
  WireVariant,
} from './vardata-endpoint.ts';
