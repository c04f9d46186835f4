/** What the entry of 5.4.1 has on every platform. */
import type { createInstanceV5 } from './create-instance.ts';
import { enums, LOG_LEVEL, LogLevel, OptimizelyDecideOption, OptimizelySegmentOption } from './enums.ts';
import { eventDispatcher } from './event-dispatcher.ts';
import { createLogger, createNoOpLogger, getLogger, NoOpLogger, setLogHandler, setLogLevel } from './logging.ts';

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
type CreateInstance = (config: Parameters<typeof createInstanceV5>[1]) => ReturnType<typeof createInstanceV5>;

/** The names as one object: the official package has it as its default export. */
export interface Names {
  readonly LogLevel: typeof LogLevel;
  readonly LOG_LEVEL: typeof LOG_LEVEL;
  readonly OptimizelyDecideOption: typeof OptimizelyDecideOption;
  readonly OptimizelySegmentOption: typeof OptimizelySegmentOption;
  readonly createInstance: CreateInstance;
  readonly createLogger: typeof createLogger;
  readonly enums: typeof enums;
  readonly errorHandler: typeof errorHandler;
  readonly eventDispatcher: typeof eventDispatcher;
  readonly getLogger: typeof getLogger;
  readonly logging: typeof logging;
  readonly setLogHandler: typeof setLogHandler;
  readonly setLogger: typeof setLogHandler;
  readonly setLogLevel: typeof setLogLevel;
}

/** Puts the names together with the client of a platform. */
export function createNames(createInstance: CreateInstance): Names {
  return {
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
}
