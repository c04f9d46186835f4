/** Time in a browser, where timers do not keep a process alive. */
import type * as main from '../clock.ts';

/** The same as in the main entry. */
export const MAX_DELAY_MS: typeof main.MAX_DELAY_MS = 2 ** 31 - 1;

/** The same as in the main entry. */
export function monotonicNow(): number {
  return performance.now();
}

/** The same as in the main entry. */
export const startTimer: typeof main.startTimer = (callback, delayMs) => {
  const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS));
  return () => clearTimeout(timer);
};
