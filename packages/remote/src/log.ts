/** Where a client says what happens: the logger it was given, the console, or nowhere. */
import type { Logger } from '@sortition/core';

/** Says something; never throws. */
export type Log = (level: 'debug' | 'warn' | 'error', fields: object, message: string) => void;

/** @param debug Whether anything is said at level `debug`. */
export function createLog(logger: Logger | false | null | undefined, debug: boolean | null | undefined): Log {
  if (logger === false) return () => undefined;
  return (level, fields, message) => {
    if (level === 'debug' && !debug) return;
    try {
      const { console } = globalThis;
      if (logger) logger[level](fields, message);
      else console[level](`[sortition] ${message}`, fields);
    } catch {
      // A logger that throws has no other place to say so; fetching goes on.
    }
  };
}
