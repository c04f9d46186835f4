/** The names of `@optimizely/optimizely-sdk` for Node. */

import { createPollingManager, type OpaqueConfigManager, type PollingConfigManagerConfig } from './config-managers.ts';
import type { Client } from './contract/client.ts';
import type { EventDispatcher } from './contract/log-event.ts';
import { type Config, createInstanceOn } from './create-instance.ts';
import {
  type BatchEventProcessorOptions,
  createBatchProcessor,
  createForwardingProcessor,
  type OpaqueEventProcessor,
} from './event-processors.ts';
import { NODE as PLATFORM } from './platforms/node.ts';

export { createStaticProjectConfigManager } from './config-managers.ts';
export {
  DECISION_NOTIFICATION_TYPES,
  DECISION_SOURCES,
  LogLevel,
  NOTIFICATION_TYPES,
  OptimizelyDecideOption,
} from './contract/enums.ts';
export { createErrorNotifier } from './error-notifier.ts';
export { eventDispatcher } from './event-dispatchers.ts';
export { createLogger, DEBUG, ERROR, INFO, WARN } from './logging.ts';
export { createOdpManager } from './odp-manager.ts';
export { createShadow } from './shadow/create-shadow.ts';
export { formatShadowReport, readShadowReport } from './shadow/shadow-report.ts';
export { createServerVuidManager as createVuidManager } from './vuid-manager.ts';

/** The client's name in events. */
export const clientEngine: string = PLATFORM.clientEngine;

/** The runtimes this build is for. */
export const __platforms: ('browser' | 'node' | 'react_native' | '__universal__')[] = ['node'];

/**
 * Creates a client.
 *
 * @throws Error `Invalid config manager`
 */
export function createInstance(config: Config): Client {
  return createInstanceOn(PLATFORM, config);
}

/** Creates a config manager that fetches the datafile. Options that cannot work fail `onReady`, and nothing here. */
export function createPollingProjectConfigManager(config: PollingConfigManagerConfig): OpaqueConfigManager {
  return createPollingManager(PLATFORM, config);
}

/** Creates an event processor that sends events in batches. @throws Error `Invalid event dispatcher` */
export function createBatchEventProcessor(options?: BatchEventProcessorOptions): OpaqueEventProcessor {
  return createBatchProcessor(PLATFORM, options);
}

/** Creates an event processor that sends each event by itself. @throws Error `Invalid event dispatcher` */
export function createForwardingEventProcessor(eventDispatcher?: EventDispatcher): OpaqueEventProcessor {
  return createForwardingProcessor(eventDispatcher);
}

/** Returns a dispatcher for pages that go away; `undefined` where there is no such way. */
export function getSendBeaconEventDispatcher(): EventDispatcher | undefined {
  return PLATFORM.beaconDispatcher();
}

export type {
  OpaqueConfigManager,
  PollingConfigManagerConfig,
  StaticConfigManagerConfig,
} from './config-managers.ts';
export type {
  AsyncCache,
  AsyncCacheWithRemove,
  AsyncStore,
  Cache,
  CacheWithRemove,
  Store,
  SyncCache,
  SyncCacheWithRemove,
  SyncStore,
} from './contract/caches.ts';
export type {
  Client,
  OptimizelyDecision,
  OptimizelyDecisionContext,
  OptimizelyForcedDecision,
  OptimizelyUserContext,
} from './contract/client.ts';
export type { FeatureVariableValue } from './contract/datafile-entities.ts';
export type { OptimizelySegmentOption } from './contract/enums.ts';
export type { EventDispatcher, EventDispatcherResponse, LogEvent } from './contract/log-event.ts';
export type {
  ActivateListenerPayload,
  ActivateNotificationPayload,
  DecisionNotificationPayload,
  ListenerPayload,
  LogEventNotificationPayload,
  NotificationCenter,
  NotificationPayload,
  NotificationType,
  OptimizelyConfigUpdateNotificationPayload,
  TrackListenerPayload,
  TrackNotificationPayload,
} from './contract/notifications.ts';
export type { DatafileOptions, Event } from './contract/older-names.ts';
export type {
  OptimizelyConfig,
  OptimizelyExperiment,
  OptimizelyFeature,
  OptimizelyVariable,
  OptimizelyVariation,
} from './contract/project-view.ts';
export type {
  EventTags,
  UserAttributes,
  UserAttributeValue,
  UserProfile,
  UserProfileService,
  UserProfileServiceAsync,
} from './contract/user.ts';
export type { Config } from './create-instance.ts';
export type { ErrorHandler, OpaqueErrorNotifier } from './error-notifier.ts';
export type { BatchEventProcessorOptions, OpaqueEventProcessor } from './event-processors.ts';
export type { LoggerConfig, LogHandler, OpaqueLevelPreset, OpaqueLogger } from './logging.ts';
export type { OdpManagerOptions, OpaqueOdpManager, UserAgentParser } from './odp-manager.ts';
export type { ShadowHandle, ShadowOptions, ShadowStats } from './shadow/create-shadow.ts';
export type { ComparedDecision, DifferenceKind, ShadowDifference } from './shadow/difference.ts';
export type { ShadowGroup, ShadowReport } from './shadow/shadow-report.ts';
export type { OpaqueVuidManager, VuidManagerOptions } from './vuid-manager.ts';
