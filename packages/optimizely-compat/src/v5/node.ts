/** The names of `@optimizely/optimizely-sdk` 5.4.1 for Node. */
import { NODE as PLATFORM } from '../platforms/node.ts';
import { type ClientV5, type ConfigV5, createInstanceV5 } from './create-instance.ts';
import { createNames, type Names } from './names.ts';

export type {
  OptimizelyDecision,
  OptimizelyDecisionContext,
  OptimizelyForcedDecision,
  OptimizelyUserContext,
} from '../contract/client.ts';
export type { FeatureVariableValue } from '../contract/datafile-entities.ts';
export type { ListenerPayload } from '../contract/notifications.ts';
export type {
  OptimizelyConfig,
  OptimizelyExperiment,
  OptimizelyFeature,
  OptimizelyVariable,
  OptimizelyVariation,
} from '../contract/project-view.ts';
export type {
  EventTags,
  UserAttributes,
  UserAttributeValue,
  UserProfile,
  UserProfileService,
} from '../contract/user.ts';
export type { ClientV5 as Client, ConfigV5 as Config, DatafileOptions, ICache } from './create-instance.ts';
export { enums, LOG_LEVEL, LogLevel, OptimizelyDecideOption, OptimizelySegmentOption } from './enums.ts';
export type { CallbackDispatcher as EventDispatcher } from './event-dispatcher.ts';
export { eventDispatcher } from './event-dispatcher.ts';
export type {
  AbTestDecisionInfo,
  ActivateListenerPayload,
  AllFeatureVariablesDecisionInfo,
  DecisionInfoMap,
  DecisionListenerPayload,
  DecisionListenerPayloadForType,
  DecisionNotificationType,
  DecisionSource,
  DecisionSourceInfo,
  Event,
  FeatureDecisionInfo,
  FeatureTestDecisionInfo,
  FeatureVariableDecisionInfo,
  FlagDecisionInfo,
  LogEventListenerPayload,
  NotificationPayloadMap,
  TrackListenerPayload,
  VariablesMap,
} from './listener-payloads.ts';
export type { LogHandler } from './logging.ts';
export { createLogger, getLogger, setLogHandler, setLogHandler as setLogger, setLogLevel } from './logging.ts';
export { errorHandler, logging } from './names.ts';
export type { NotificationCenterV5 as NotificationCenter, NotificationListener } from './notification-center.ts';

/** Creates a client; `null` when the options cannot work at all. */
export function createInstance(config: ConfigV5): ClientV5 | null {
  return createInstanceV5(PLATFORM, config);
}

const names: Names = createNames(createInstance);

// The official package has its names as a default export too, and applications import that.
// biome-ignore lint/style/noDefaultExport: part of the interface this entry has
export default names;
