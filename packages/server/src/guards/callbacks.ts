/** Callbacks of the application: one that throws or rejects costs no request its answer. */
import { callPart } from '@sortition/core/internal';
import type { Logger } from 'sortition';
import type { ServerMetrics } from '../server-options.ts';

/** What the application is told; never throws. */
export interface Callbacks {
  readonly logger: Pick<Logger, 'warn' | 'error'> | undefined;
  /** Counts an answer. */
  readonly observe: ServerMetrics['observe'] | undefined;
}

/** Guards logger and metrics. That metrics fail is logged once, since they would with each request. */
export function guardCallbacks(given: Logger | undefined, metrics: ServerMetrics | undefined): Callbacks {
  // A logger that fails has no other place to say so.
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
