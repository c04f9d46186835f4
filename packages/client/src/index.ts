/** A client made of parts: code that is not passed or called is not in the bundle. */
export type { ClientCore, ClientState } from './client-core.ts';
export type {
  ClientEvents,
  ClientListener,
  ConfigUpdateEvent,
  DecisionEvent,
  TrackEvent,
} from './client-events.ts';
export type { ClientStats } from './client-stats.ts';
export { createClient } from './create-client.ts';
export type { DecisionFields, DecisionJson, DecisionShape, ServedDecision, UnservedDecision } from './decision.ts';
export type { DeliveryOptions } from './delivery.ts';
export type { Evaluated, EvaluateFlag } from './evaluated.ts';
export type { ForcedDecision, ForcedDecisionTarget } from './forced-decisions.ts';
export { checkDatafile } from './functions/check-datafile.ts';
export { configFailingMs, projectConfig } from './functions/config-state.ts';
export { decideAllAsync, decideAsync, decideForKeysAsync } from './functions/decide-async.ts';
export { decideAtOnce, decideEachAtOnce } from './functions/decide-at-once.ts';
export { decideExperiment, decideExperimentAsync, explainExperiment } from './functions/decide-experiment.ts';
export { type DecisionDetails, decisionDetails, sharedAnswer } from './functions/decision-details.ts';
export { explain } from './functions/explain.ts';
export {
  fetchQualifiedSegments,
  type SegmentedUser,
  type SegmentsCallback,
} from './functions/fetch-qualified-segments.ts';
export { canLoad, type LoadOptions, load } from './functions/load.ts';
export {
  type AudienceInfo,
  type FlagInfo,
  type ProjectInfo,
  projectInfo,
  type RuleInfo,
  type VariableInfo,
  type VariationInfo,
} from './functions/project-info.ts';
export { sendOdpEvent } from './functions/send-odp-event.ts';
export type { AsyncDisposal, LeanClient, LeanClientOf } from './lean-client.ts';
export type { LeanOptions } from './lean-options.ts';
export type {
  AttributesOf,
  LeanDecideAnyFlag,
  LeanDecideDescribedFlag,
  LeanDecision,
  LeanDecisions,
  LeanUser,
  LeanUserOf,
  UserFields,
} from './lean-user.ts';
export { consoleLogger, type LogLevel } from './logger.ts';
export type {
  DecisionSteps,
  DescribeName,
  OdpEventInput,
  Part,
  PartHooks,
  PartLimits,
  Platform,
  Recorder,
} from './part.ts';
export { bandits } from './parts/bandits.ts';
export { checkedConfig } from './parts/checked-config.ts';
export { nameHints } from './parts/name-hints.ts';
export { type PlatformOptions, platform } from './parts/platform.ts';
export type { FreshAssignments } from './parts/profiles/new-assignments.ts';
export type { ProfileSession } from './parts/profiles/profile-session.ts';
export type { LoadLimits, Profiles, StoredUser } from './parts/profiles/profiles.ts';
export { reasonTexts } from './parts/reason-texts.ts';
export { recordTo } from './parts/record-to.ts';
export { searchProblems } from './parts/search-problems.ts';
export type { FetchSegmentsOptions } from './parts/segments.ts';
export { type StickyOptions, sticky } from './parts/sticky.ts';
export type { Problems } from './problem-reporter.ts';
export type { ReadyOptions } from './ready.ts';
export {
  createHydratedUser,
  createSnapshot,
  type DecisionSnapshot,
  type HydratedDecision,
  type HydratedUser,
  type SnapshotDecision,
} from './snapshot.ts';
export type { AnyFlags, FlagKey, FlagMap, VariablesOf, VariationKeyOf } from './typed-flags.ts';
