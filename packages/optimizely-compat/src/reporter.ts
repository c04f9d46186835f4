/** Reports to the logger and the error notifier of a client. */
import { LogLevel } from './contract/enums.ts';
import type { ErrorHandler } from './error-notifier.ts';
import { type Logging, writeLog } from './logging.ts';

/** Reports to the application. Never throws. */
export interface Reporter {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  /** Logs an error and passes it to the error notifier. */
  report(error: Error): void;
}

/** Creates the reporter of a client. */
export function createReporter(logging: Logging | undefined, notifier: ErrorHandler | undefined): Reporter {
  const write = (level: LogLevel, message: string): void => {
    if (logging) writeLog(logging, level, `Optimizely: ${message}`);
  };
  return {
    info: (message) => write(LogLevel.Info, message),
    warn: (message) => write(LogLevel.Warn, message),
    error: (message) => write(LogLevel.Error, message),
    report(error) {
      write(LogLevel.Error, error.message);
      try {
        notifier?.handleError(error);
      } catch {
        // A notifier that throws must not reach the caller of the client.
      }
    },
  };
}
