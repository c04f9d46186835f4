/** Loggers: presets of levels, the console as the usual handler, and how the client writes to them. */
import type { Logger } from '@sortition/core';
import { LogLevel } from './contract/enums.ts';
import { createOpaque } from './opaque.ts';

/** Takes log lines. */
export interface LogHandler {
  log(level: LogLevel, message: string, ...args: unknown[]): void;
}

declare const levelPreset: unique symbol;
declare const logger: unique symbol;

/** A level, as `createLogger` takes it. */
export type OpaqueLevelPreset = { [levelPreset]: unknown };
/** A logger, as `createInstance` takes it. */
export type OpaqueLogger = { [logger]: unknown };

/** Options of `createLogger`. */
export type LoggerConfig = {
  level: OpaqueLevelPreset;
  /** The console by default. */
  logHandler?: LogHandler;
};

/** What a logger writes, and where. */
export interface Logging {
  readonly level: LogLevel;
  readonly handler: LogHandler;
}

const presets = createOpaque<LogLevel, OpaqueLevelPreset>('level-preset');
const loggers = createOpaque<Logging, OpaqueLogger>('logger');

/** Everything. */
export const DEBUG: OpaqueLevelPreset = /* @__PURE__ */ presets.wrap(LogLevel.Debug);
/** What happens, warnings and errors. */
export const INFO: OpaqueLevelPreset = /* @__PURE__ */ presets.wrap(LogLevel.Info);
/** Warnings and errors. */
export const WARN: OpaqueLevelPreset = /* @__PURE__ */ presets.wrap(LogLevel.Warn);
/** Errors. */
export const ERROR: OpaqueLevelPreset = /* @__PURE__ */ presets.wrap(LogLevel.Error);

/**
 * Creates a logger.
 *
 * @throws Error `Invalid level preset` or `Invalid log handler`
 */
export function createLogger(config: LoggerConfig): OpaqueLogger {
  const level = presets.open(config.level);
  if (level === undefined) throw new Error('Invalid level preset');
  const { logHandler: handler = consoleHandler } = config;
  if (typeof handler !== 'object' || handler === null || typeof handler.log !== 'function')
    throw new Error('Invalid log handler');
  return wrapLogger({ level, handler });
}

/** Makes a logger of a level and a handler. */
export function wrapLogger(logging: Logging): OpaqueLogger {
  return loggers.wrap(logging);
}

/** Returns the content of a logger; `undefined` when the value is not a logger. */
export function openLogger(opaque: OpaqueLogger | undefined): Logging | undefined {
  return loggers.open(opaque);
}

/** Writes lines at or above the level. A handler that throws stops nothing. */
export function writeLog({ level, handler }: Logging, lineLevel: LogLevel, message: string): void {
  if (lineLevel < level) return;
  try {
    handler.log(lineLevel, message);
  } catch {
    // A log that cannot be written has no other place to be reported.
  }
}

/** Returns the logger as parts of Sortition write to it. */
export function toPartLogger(logging: Logging): Logger {
  const at = (level: LogLevel) => (_fields: object, message: string) => writeLog(logging, level, message);
  return { debug: at(LogLevel.Debug), info: at(LogLevel.Info), warn: at(LogLevel.Warn), error: at(LogLevel.Error) };
}

const CONSOLE_METHODS = ['debug', 'info', 'warn', 'error'] as const;

const consoleHandler: LogHandler = {
  log(level, message) {
    const { console } = globalThis;
    const method = CONSOLE_METHODS[level] ?? 'error';
    console[method](`[OPTIMIZELY] - ${method.toUpperCase()} ${new Date().toISOString()} ${message}`);
  },
};
