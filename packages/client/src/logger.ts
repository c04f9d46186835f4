/** Logging: a console logger as the default, and a guard around loggers of the application. */
import type { Logger } from '@sortition/core';
import { invalidOption, tryPart } from '@sortition/core/internal';

/** Log levels, most verbose first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/**
 * Creates a logger that writes to the console, from `level` up.
 *
 * User ids and attributes appear at `debug` only; keys and tokens never do.
 *
 * @throws SdkError `invalid-option` when there is no such level
 */
export function consoleLogger(level: LogLevel = 'warn'): Logger {
  if (!LEVELS.includes(level)) throw invalidOption('consoleLogger', 'level', `one of ${LEVELS.join(', ')}`, level);
  return logToConsole(level);
}

/** Does the same for a valid level. */
export function logToConsole(level: LogLevel): Logger {
  const from = LEVELS.indexOf(level);
  const at = (name: LogLevel) => (fields: object, message: string) => {
    const { console } = globalThis;
    if (LEVELS.indexOf(name) >= from) console[name](`[sortition] ${message}`, fields);
  };
  return eachLevel(at);
}

/** Wraps a logger so that its errors have no effect. */
export function guardLogger(logger: Logger): Logger {
  const at = (name: LogLevel) => (fields: object, message: string) => {
    // There is no other place to report a failing logger; decisions continue.
    tryPart(() => logger[name](fields, message));
  };
  return eachLevel(at);
}

function eachLevel(at: (name: LogLevel) => (fields: object, message: string) => void): Logger {
  return Object.fromEntries(LEVELS.map((name) => [name, at(name)])) as unknown as Logger;
}
