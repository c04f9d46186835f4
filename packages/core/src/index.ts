/** Pure evaluation: bucketing, audiences, decisions, variables, reasons; the port types and the error class. */
export { changedFlags } from './changed-flags.ts';
export { decide, decideExperiment } from './decide.ts';
export { DecideOption, SegmentOption } from './decide-option.ts';
export type {
  Assignment,
  DecisionBasis,
  DecisionErrorCode,
  DecisionOutcome,
  DecisionSource,
  DecisionStatus,
} from './decision-outcome.ts';
export { detailedTrace } from './detailed-trace.ts';
export { isSdkError, SdkError, type SdkErrorCode } from './errors.ts';
export type { DecideInput, Trace, TraceDetails } from './evaluation.ts';
export type {
  ConversionEvent,
  DeliveryReport,
  EventSinkReport,
  EventTags,
  ImpressionEvent,
  LogEvent,
  OdpEvent,
  OdpValue,
} from './events.ts';
export { type Explanation, formatExplanation } from './explanation.ts';
export { computeBucket, murmur3 } from './murmur3.ts';
export type {
  CmabPrediction,
  CmabRequest,
  CmabSource,
  ConfigChange,
  ConfigSource,
  EventSink,
  EventSinkHost,
  KeyValueStorage,
  Logger,
  NewAssignments,
  Odp,
  OdpHost,
  OdpReport,
  Problem,
  ProblemPart,
  ProblemWatch,
  ProfileStoreHost,
  SegmentCache,
  SegmentRequest,
  UserProfile,
  UserProfileStore,
  VuidSource,
  Winners,
} from './ports.ts';
export type {
  AttributeDefinition,
  Audience,
  CmabSettings,
  EventDefinition,
  ExclusionGroup,
  Flag,
  JsonValue,
  OdpSettings,
  ProjectConfig,
  Rule,
  TrafficRange,
  Variable,
  VariableType,
  VariableUsage,
  Variation,
} from './project-config.ts';
export { formatReason } from './reason-text.ts';
export type { AudienceCheck, AudienceScope, ConditionCheck, Reason, TrafficSpan, Verdict } from './reasons.ts';
export {
  type Assignments,
  type Attributes,
  type AttributeValue,
  createUserSnapshot,
  type ForcedDecisions,
  type UserSnapshot,
  withAttribute,
  withForcedDecisions,
  withSegments,
} from './user.ts';
export { readVariable } from './variables.ts';
