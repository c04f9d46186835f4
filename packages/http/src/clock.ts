/**
 * Time. Durations are measured on the monotonic clock, because wall clocks jump: a laptop wakes up, NTP slews, a person
 * sets the date. Globals are read when they are used, so that tests and applications may replace them.
 */

/** Longest delay that `setTimeout` accepts; with a larger one it fires at once. */
export const MAX_DELAY_MS: number = 2 ** 31 - 1;

/** Milliseconds since an arbitrary moment, never going backwards where the runtime has `performance`. */
export function monotonicNow(): number {
  return (globalThis.performance ?? Date).now();
}

/**
 * Runs `callback` once after `delayMs`. Returns a function that cancels it.
 *
 * @param delayMs Clamped to `[0, 2^31 - 1]`.
 * @param keepsAlive Whether the timer keeps the process alive; `false` by default.
 */
export function startTimer(callback: () => void, delayMs: number, keepsAlive = false): () => void {
  const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS));
  // Timers are numbers in browsers and objects in Node.
  if (!keepsAlive) (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer);
}
