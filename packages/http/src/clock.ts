/**
 * Time. Durations are measured on the monotonic clock, because wall clocks jump: a laptop wakes up, NTP slews, somebody
 * sets the date. Globals are read at the call, so that tests and applications may replace them.
 */

/** Longest delay `setTimeout` takes; a larger one would fire at once. */
export const MAX_DELAY_MS: number = 2 ** 31 - 1;

/** Milliseconds since an arbitrary moment, never going backwards where the runtime has `performance`. */
export function monotonicNow(): number {
  return typeof performance === 'object' ? performance.now() : Date.now();
}

/**
 * Runs `callback` once after `delayMs`, without keeping the process alive. Returns what cancels it.
 *
 * @param delayMs Clamped to `[0, 2^31 - 1]`.
 */
export function startTimer(callback: () => void, delayMs: number): () => void {
  const timer: unknown = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS));
  unref(timer);
  return () => clearTimeout(timer as number);
}

/** Browsers number their timers, Node has objects. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
    timer.unref();
  }
}
