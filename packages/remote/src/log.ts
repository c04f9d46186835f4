/** The log of a client: a given logger, the console, or none. */
import type { Logger } from '@sortition/core';
import { tryPart } from '@sortition/core/internal';

/** Logs a message; never throws. */
export type Log = (level: 'debug' | 'warn' | 'error', fields: object, message: string) => void;

/** @param debug Whether to log at level `debug`. */
export function createLog(logger: Logger | false | null | undefined, debug: boolean | null | undefined): Log {
  return (level, fields, message) => {
    if (logger === false || (level === 'debug' && !debug)) return;
    // There is no other place to report a logger that throws or rejects; fetching continues.
    tryPart<unknown>(() => {
      const { console } = globalThis;
      return logger ? logger[level](fields, message) : console[level](`[sortition] ${message}`, fields);
    });
  };
}
