/** The names of `@optimizely/optimizely-sdk` 5.4.1 for browsers; the types are those of `node.ts`. */
import { BROWSER as PLATFORM } from '../platforms/browser.ts';
import { type ClientV5, type ConfigV5, createInstanceV5 } from './create-instance.ts';
import { enums, LOG_LEVEL, LogLevel, OptimizelyDecideOption, OptimizelySegmentOption } from './enums.ts';
import { eventDispatcher, sendBeaconEventDispatcher } from './event-dispatcher.ts';
import { createLogger, createNoOpLogger, getLogger, NoOpLogger, setLogHandler, setLogLevel } from './logging.ts';

export {
  createLogger,
  enums,
  eventDispatcher,
  getLogger,
  LOG_LEVEL,
  LogLevel,
  OptimizelyDecideOption,
  OptimizelySegmentOption,
  sendBeaconEventDispatcher,
  setLogHandler,
  setLogHandler as setLogger,
  setLogLevel,
};

/** Loggers to pass as `logger`. */
export const logging: {
  readonly NoOpLogger: typeof NoOpLogger;
  readonly createLogger: typeof createLogger;
  readonly createNoOpLogger: typeof createNoOpLogger;
} = { NoOpLogger, createLogger, createNoOpLogger };

/** Ignores errors; the usual `errorHandler`. */
export const errorHandler: { handleError(exception: Error): void } = {
  handleError: () => undefined,
};

/** Creates a client; `null` when the options cannot work at all. */
export function createInstance(config: ConfigV5): ClientV5 | null {
  return createInstanceV5(PLATFORM, config);
}

/** Parses nothing: what browsers tell of the device is sent by the customer-data platform's own tag. */
export function getUserAgentParser(): { parseUserAgentInfo(): { os: object; device: object } } {
  return { parseUserAgentInfo: () => ({ os: {}, device: {} }) };
}

/** Kept for its name: nothing here is remembered between clients. */
export function __internalResetRetryState(): void {
  // Nothing to reset.
}

const names: {
  readonly LogLevel: typeof LogLevel;
  readonly LOG_LEVEL: typeof LOG_LEVEL;
  readonly OptimizelyDecideOption: typeof OptimizelyDecideOption;
  readonly OptimizelySegmentOption: typeof OptimizelySegmentOption;
  readonly createInstance: typeof createInstance;
  readonly createLogger: typeof createLogger;
  readonly enums: typeof enums;
  readonly errorHandler: typeof errorHandler;
  readonly eventDispatcher: typeof eventDispatcher;
  readonly getLogger: typeof getLogger;
  readonly logging: typeof logging;
  readonly setLogHandler: typeof setLogHandler;
  readonly setLogger: typeof setLogHandler;
  readonly setLogLevel: typeof setLogLevel;
  readonly sendBeaconEventDispatcher: typeof sendBeaconEventDispatcher;
  readonly getUserAgentParser: typeof getUserAgentParser;
  readonly __internalResetRetryState: typeof __internalResetRetryState;
} = {
  LogLevel,
  LOG_LEVEL,
  OptimizelyDecideOption,
  OptimizelySegmentOption,
  createInstance,
  createLogger,
  enums,
  errorHandler,
  eventDispatcher,
  getLogger,
  logging,
  setLogHandler,
  setLogger: setLogHandler,
  setLogLevel,
  sendBeaconEventDispatcher,
  getUserAgentParser,
  __internalResetRetryState,
};

// The official package has its names as a default export too, and applications import that.
// biome-ignore lint/style/noDefaultExport: part of the interface this entry has
export default names;
