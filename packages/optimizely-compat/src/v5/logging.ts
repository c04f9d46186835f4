/** The logging of version 5: one handler and one level for the whole process. */
import { LOG_LEVEL } from './enums.ts';

/** Takes log lines; levels are those of `LogLevel`. */
export interface LogHandler {
  log(level: number, message: string, ...splat: unknown[]): void;
}

/** Writes log lines under a name. */
export interface LoggerFacade {
  log(level: number | string, message: string, ...splat: unknown[]): void;
  info(message: string | Error, ...splat: unknown[]): void;
  debug(message: string | Error, ...splat: unknown[]): void;
  warn(message: string | Error, ...splat: unknown[]): void;
  error(message: string | Error, ...splat: unknown[]): void;
}

/** Options of `createLogger`. */
export interface ConsoleLoggerOptions {
  logLevel?: number | string;
  logToConsole?: boolean;
  prefix?: string;
}

interface ProcessLog {
  handler: LogHandler | null;
  level: number;
}

const { NOTSET, DEBUG, INFO, WARNING, ERROR } = LOG_LEVEL;
const LEVELS: Readonly<Record<string, number>> = { ...LOG_LEVEL, WARN: WARNING };

/** Of the process; silent until an application sets a handler. */
const processLog: ProcessLog = { handler: null, level: NOTSET };

/** Sets where the lines of every client go; `null` for nowhere. */
export function setLogHandler(handler: LogHandler | null): void {
  processLog.handler = handler;
}

/** Sets from which level on lines are written. */
export function setLogLevel(level: number | string): void {
  processLog.level = readLevel(level, processLog.level);
}

/** Writes a line to the handler of the process. A handler that throws stops nothing. */
export function writeLine(level: number, message: string, splat: readonly unknown[] = []): void {
  if (level < processLog.level) return;
  try {
    processLog.handler?.log(level, message, ...splat);
  } catch {
    // A log that cannot be written has no other place to be reported.
  }
}

/** Returns a logger whose lines begin with a name. */
export function getLogger(name?: string): LoggerFacade {
  const at =
    (level: number) =>
    (message: string | Error, ...splat: unknown[]): void => {
      const text = message instanceof Error ? message.message : fill(message, splat);
      writeLine(level, name ? `${name}: ${text}` : text);
    };
  return {
    log: (level, message, ...splat) => at(readLevel(level, ERROR))(message, ...splat),
    debug: at(DEBUG),
    info: at(INFO),
    warn: at(WARNING),
    error: at(ERROR),
  };
}

/** Creates a handler that writes to the console. */
export function createLogger(
  options: ConsoleLoggerOptions = {},
): LogHandler & { setLogLevel(level: number | string): void } {
  const { logToConsole = true, prefix = '[OPTIMIZELY]' } = options;
  let from = readLevel(options.logLevel ?? NOTSET, NOTSET);
  return {
    log(level, message) {
      if (!logToConsole || level < from) return;
      const { console } = globalThis;
      const method = level >= ERROR ? 'error' : level === WARNING ? 'warn' : level === DEBUG ? 'debug' : 'info';
      console[method](`${prefix} - ${method.toUpperCase()} ${new Date().toISOString()} ${message}`);
    },
    setLogLevel(level) {
      from = readLevel(level, from);
    },
  };
}

/** A handler that writes nothing. */
export class NoOpLogger implements LogHandler {
  log(): void {
    // Nothing, on purpose.
  }
}

/** Creates a handler that writes nothing. */
export function createNoOpLogger(): NoOpLogger {
  return new NoOpLogger();
}

function readLevel(level: number | string, otherwise: number): number {
  const name = String(level).toUpperCase();
  const value = typeof level !== 'string' ? level : Object.hasOwn(LEVELS, name) ? LEVELS[name] : undefined;
  return typeof value === 'number' && value >= NOTSET && value <= ERROR ? value : otherwise;
}

function fill(template: string, values: readonly unknown[]): string {
  let next = 0;
  return template.replace(/%s/g, (hole) => (next < values.length ? String(values[next++]) : hole));
}
