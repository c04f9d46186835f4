/** The names of `@optimizely/optimizely-sdk` for browsers; the types are those of `node.ts`. */

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
import { BROWSER as PLATFORM } from './platforms/browser.ts';

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
export { createVisitorVuidManager as createVuidManager } from './vuid-manager.ts';

/** The client's name in events. */
export const clientEngine: string = PLATFORM.clientEngine;

/** The runtimes this build is for. */
export const __platforms: ('browser' | 'node' | 'react_native' | '__universal__')[] = ['browser'];

/**
 * Creates a client.
 *
 * @throws Error `Invalid config manager`
 */
export function createInstance(config: Config): Client {
  return createInstanceOn(PLATFORM, config);
}

/** Creates a config manager that fetches the datafile. Invalid options do not throw here; `onReady` rejects instead. */
export function createPollingProjectConfigManager(config: PollingConfigManagerConfig): OpaqueConfigManager {
  return createPollingManager(PLATFORM, config);
}

/** Creates an event processor that sends events in batches. @throws Error `Invalid event dispatcher` */
export function createBatchEventProcessor(options?: BatchEventProcessorOptions): OpaqueEventProcessor {
  return createBatchProcessor(PLATFORM, options);
}

/** Creates an event processor that sends each event in a separate request. @throws Error `Invalid event dispatcher` */
export function createForwardingEventProcessor(eventDispatcher?: EventDispatcher): OpaqueEventProcessor {
  return createForwardingProcessor(eventDispatcher);
}

/** Returns a dispatcher that works while a page unloads; `undefined` where the platform has none. */
export function getSendBeaconEventDispatcher(): EventDispatcher | undefined {
  return PLATFORM.beaconDispatcher();
}
