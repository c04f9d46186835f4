/** Feature flags and experiments, decided locally. */
export type {
  AttributeDefinition,
  Attributes,
  AttributeValue,
  AudienceCheck,
  CmabRequest,
  CmabSource,
  ConditionCheck,
  ConfigChange,
  ConfigSource,
  ConversionEvent,
  DecisionSource,
  DeliveryReport,
  EventDefinition,
  EventSink,
  EventSinkHost,
  EventSinkReport,
  EventTags,
  Explanation,
  ImpressionEvent,
  KeyValueStorage,
  LogEvent,
  Logger,
  NewAssignments,
  Odp,
  OdpEvent,
  OdpHost,
  OdpReport,
  OdpSettings,
  OdpValue,
  Problem,
  ProblemPart,
  ProjectConfig,
  Reason,
  SdkErrorCode,
  SegmentCache,
  SegmentRequest,
  TrafficSpan,
  UserProfile,
  UserProfileStore,
  Verdict,
  VuidSource,
  Winners,
} from '@sortition/core';
export { DecideOption, formatExplanation, isSdkError, SdkError, SegmentOption } from '@sortition/core';
export {
  createPollingConfig,
  createStaticConfig,
  type DatafileCache,
  type PollingConfigOptions,
} from '@sortition/datafile';
export { type BatchEventsOptions, createBatchEvents, createEventTee, type EventStore } from '@sortition/events';
export { createMemoryProfileStore, type MemoryProfileStoreOptions } from '@sortition/profile-memory';
export { type Client, type ClientOf, createClient } from './client.ts';
export type { ClientEvents, ClientListener, ConfigUpdateEvent, DecisionEvent, TrackEvent } from './client-events.ts';
export type { ClientOptions } from './client-options.ts';
export type { ClientStats } from './client-stats.ts';
export type { DeliveryOptions } from './delivery.ts';
export type { ForcedDecision, ForcedDecisionTarget } from './forced-decisions.ts';
export { consoleLogger, type LogLevel } from './logger.ts';
export type { OdpEventInput } from './odp-wiring.ts';
export type {
  AudienceInfo,
  FlagInfo,
  ProjectInfo,
  RuleInfo,
  VariableInfo,
  VariationInfo,
} from './project-info.ts';
export type { ReadyOptions } from './ready.ts';
export type { FetchSegmentsOptions, SegmentsCallback } from './segments.ts';
export {
  createHydratedUser,
  createSnapshot,
  type DecisionSnapshot,
  type HydratedUser,
  type SnapshotDecision,
} from './snapshot.ts';
export type { AnyFlags, FlagKey, FlagMap, VariablesOf, VariationKeyOf } from './typed-flags.ts';
export type {
  AttributesOf,
  DecideAnyFlag,
  DecideDescribedFlag,
  Decision,
  DecisionJson,
  DecisionOf,
  Decisions,
  LoadOptions,
  UserContext,
  UserContextOf,
} from './user-context.ts';
