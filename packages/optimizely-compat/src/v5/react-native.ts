/** The names of `@optimizely/optimizely-sdk` 5.4.1 for React Native; the types are those of `node.ts`. */
import { REACT_NATIVE as PLATFORM } from '../platforms/react-native.ts';
import { type ClientV5, type ConfigV5, createInstanceV5 } from './create-instance.ts';
import { enums, LOG_LEVEL, LogLevel, OptimizelyDecideOption, OptimizelySegmentOption } from './enums.ts';
import { eventDispatcher } from './event-dispatcher.ts';
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
};

// The official package has its names as a default export too, and applications import that.
// biome-ignore lint/style/noDefaultExport: part of the interface this entry has
export default names;
