/** Clients with the options and results of version 5, built on the clients of version 6. */
import { createPollingManager, createStaticProjectConfigManager, openConfigManager } from '../config-managers.ts';
import type { Cache } from '../contract/caches.ts';
import type { Client, OptimizelyUserContext } from '../contract/client.ts';
import type { OptimizelyDecideOption } from '../contract/enums.ts';
import type { OptimizelyConfig } from '../contract/project-view.ts';
import type { UserAttributes, UserProfileService } from '../contract/user.ts';
import { createInstanceOn } from '../create-instance.ts';
import { createErrorNotifier, type ErrorHandler } from '../error-notifier.ts';
import { createBatchProcessor } from '../event-processors.ts';
import { wrapLogger } from '../logging.ts';
import { createOdpManager, type UserAgentParser } from '../odp-manager.ts';
import type { PlatformDefaults } from '../platform.ts';
import { createVisitorVuidManager } from '../vuid-manager.ts';
import { CLIENT_VERSION } from './enums.ts';
import { type CallbackDispatcher, toPromising } from './event-dispatcher.ts';
import { type LogHandler, setLogHandler, setLogLevel, writeLine } from './logging.ts';
import { createCenter, type NotificationCenterV5 } from './notification-center.ts';

/** A cache of segments, as version 5 takes it. */
export interface ICache<Key, Value> {
  lookup(key: Key): Value | null;
  save(entry: { key: Key; value: Value }): void;
  reset(): void;
}

/** The customer-data platform. */
export interface OdpOptions {
  disabled?: boolean;
  segmentsCache?: ICache<string, string[]>;
  segmentsCacheSize?: number;
  segmentsCacheTimeout?: number;
  segmentsApiTimeout?: number;
  eventFlushInterval?: number;
  eventBatchSize?: number;
  eventApiTimeout?: number;
  userAgentParser?: UserAgentParser;
}

/** How the datafile is fetched. */
export interface DatafileOptions {
  autoUpdate?: boolean;
  updateInterval?: number;
  urlTemplate?: string;
  datafileAccessToken?: string;
}

/** Options of `createInstance`. */
export interface ConfigV5 {
  datafile?: object | string;
  sdkKey?: string;
  datafileOptions?: DatafileOptions;
  errorHandler?: ErrorHandler;
  eventDispatcher?: CallbackDispatcher;
  closingEventDispatcher?: CallbackDispatcher;
  eventBatchSize?: number;
  eventFlushInterval?: number;
  /** Accepted for compatibility: the queue is bounded by itself. */
  eventMaxQueueSize?: number;
  jsonSchemaValidator?: { validate(jsonObject: unknown): boolean };
  logLevel?: number | string;
  logger?: LogHandler;
  userProfileService?: UserProfileService;
  defaultDecideOptions?: OptimizelyDecideOption[];
  clientEngine?: string;
  clientVersion?: string;
  odpOptions?: OdpOptions;
}

/** Whether something worked. */
export interface Outcome {
  success: boolean;
  reason?: string;
}

/** A client of version 5. */
export interface ClientV5 extends Omit<Client, 'notificationCenter' | 'createUserContext' | 'onReady' | 'close'> {
  notificationCenter: NotificationCenterV5;
  /** `null` when the user id or the attributes cannot be used. */
  createUserContext(userId?: string, attributes?: UserAttributes): OptimizelyUserContext | null;
  /** Never rejects. */
  onReady(options?: { timeout?: number }): Promise<Outcome>;
  /** Never rejects. */
  close(): Promise<Outcome>;
}

/** Creates a client; `null` when the options cannot work at all. */
export function createInstanceV5(platform: PlatformDefaults, config: ConfigV5): ClientV5 | null {
  try {
    if (config.logger) setLogHandler(config.logger);
    if (config.logLevel !== undefined) setLogLevel(config.logLevel);
    const options = toConfig(platform, config);
    const isConfigured = openConfigManager(options.projectConfigManager)?.source.current() !== null;
    return wrap(createInstanceOn(platform, options), isConfigured);
  } catch (error) {
    config?.errorHandler?.handleError(error as Error);
    return null;
  }
}

/** The one place where options of version 5 become those of version 6. */
function toConfig(platform: PlatformDefaults, config: ConfigV5): Parameters<typeof createInstanceOn>[1] {
  const { sdkKey, datafile, datafileOptions = {}, odpOptions = {}, errorHandler, jsonSchemaValidator } = config;
  const { eventDispatcher, closingEventDispatcher } = config;
  const text = typeof datafile === 'object' ? JSON.stringify(datafile) : datafile;
  const validator = jsonSchemaValidator && {
    jsonSchemaValidator: (json: unknown) => jsonSchemaValidator.validate(json),
  };
  const { segmentsCache, disabled, ...odp } = odpOptions;
  return {
    projectConfigManager: sdkKey
      ? createPollingManager(platform, { sdkKey, ...(text && { datafile: text }), ...datafileOptions, ...validator })
      : createStaticProjectConfigManager({ datafile: text as string, ...validator }),
    eventProcessor: createBatchProcessor(platform, {
      ...(eventDispatcher && { eventDispatcher: toPromising(eventDispatcher) }),
      ...(closingEventDispatcher && { closingEventDispatcher: toPromising(closingEventDispatcher) }),
      ...(config.eventBatchSize !== undefined && { batchSize: config.eventBatchSize }),
      ...(config.eventFlushInterval !== undefined && { flushInterval: config.eventFlushInterval }),
    }),
    // The levels of version 5 begin one lower, with one that means "everything".
    logger: wrapLogger({ level: 0, handler: { log: (level, message) => writeLine(level + 1, message) } }),
    ...(errorHandler && { errorNotifier: createErrorNotifier(errorHandler) }),
    ...(config.userProfileService && { userProfileService: config.userProfileService }),
    ...(config.defaultDecideOptions && { defaultDecideOptions: config.defaultDecideOptions }),
    clientEngine: config.clientEngine ?? platform.clientEngine,
    clientVersion: config.clientVersion ?? CLIENT_VERSION,
    ...(!disabled && {
      odpManager: createOdpManager({ ...odp, ...(segmentsCache && { segmentsCache: toCache(segmentsCache) }) }),
      ...(platform.hasVisitors && { vuidManager: createVisitorVuidManager({ enableVuid: true }) }),
    }),
  };
}

function toCache(cache: ICache<string, string[]>): Cache<string[]> {
  return {
    operation: 'sync',
    lookup: (key) => cache.lookup(key) ?? undefined,
    save: (key, value) => cache.save({ key, value }),
    reset: () => cache.reset(),
  };
}

/** @param isConfigured Whether the client has a datafile from the start. */
function wrap(client: Client, isConfigured: boolean): ClientV5 {
  const { tellOfConfig, ...center } = createCenter(client.notificationCenter);
  // Version 5 tells of the first datafile when listeners could be added.
  if (isConfigured) queueMicrotask(tellOfConfig);
  return {
    ...client,
    notificationCenter: center,
    getOptimizelyConfig: () => withOlderNames(client.getOptimizelyConfig()),
    createUserContext(userId, attributes) {
      try {
        return client.createUserContext(userId, attributes);
      } catch {
        return null; // the reason was reported
      }
    },
    onReady: (options) => outcomeOf(client.onReady(options)),
    close: () => outcomeOf(client.close()),
  };
}

/** Events of version 5 have their experiments under two names. */
function withOlderNames(config: OptimizelyConfig | null): OptimizelyConfig | null {
  for (const event of config?.events ?? []) Object.assign(event, { experimentsIds: event.experimentIds });
  return config;
}

async function outcomeOf(work: Promise<unknown>): Promise<Outcome> {
  try {
    await work;
    return { success: true };
  } catch (error) {
    const { message } = error as Error;
    return { success: false, reason: message === 'Client stopped before running' ? 'Instance closed' : message };
  }
}
