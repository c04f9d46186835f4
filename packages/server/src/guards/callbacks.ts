/** Callbacks of the application: their errors do not affect responses. */
import { callPart } from '@sortition/core/internal';
import type { Logger } from 'sortition';
import type { ServerMetrics } from '../server-options.ts';

/** The guarded callbacks; they never throw. */
export interface Callbacks {
  readonly logger: Pick<Logger, 'warn' | 'error'> | undefined;
  /** Counts a response. */
  readonly observe: ServerMetrics['observe'] | undefined;
}

/** Guards logger and metrics. A failure of metrics is logged once, because it would repeat with each request. */
export function guardCallbacks(given: Logger | undefined, metrics: ServerMetrics | undefined): Callbacks {
  // There is no other place to report a failing logger.
  const ignore = () => undefined;
  const logger = given && {
    warn: (fields: object, message: string) => callPart(() => given.warn(fields, message), ignore),
    error: (fields: object, message: string) => callPart(() => given.error(fields, message), ignore),
  };
  let isTold = false;
  const tell = (cause: unknown): void => {
    if (isTold) return;
    isTold = true;
    logger?.error({ code: 'metrics-failed', cause }, 'The "observe" of "metrics" failed; responses are not counted.');
  };
  return { logger, observe: metrics && ((answer) => callPart(() => metrics.observe(answer), tell)) };
}
