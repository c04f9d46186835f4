/** Structured logs: one JSON object per line. */
import type { Logger } from 'sortition';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Creates a logger that writes lines from a level on. User ids and attributes are only ever in fields of level `debug`. */
export function createJsonLogger(level: (typeof LEVELS)[number], write: (line: string) => void): Logger {
  const least = LEVELS.indexOf(level);
  const log =
    (name: (typeof LEVELS)[number]) =>
    (fields: object, message: string): void => {
      if (LEVELS.indexOf(name) < least) return;
      write(JSON.stringify({ time: new Date().toISOString(), level: name, message, ...plain(fields) }));
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

/** Errors have no enumerable fields, so the log shows their message. */
function plain(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? value.message : value]),
  );
}
