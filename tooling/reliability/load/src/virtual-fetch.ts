/** A network in fast motion: a `fetch` with round trips, bandwidth and a collector at its end. */
import type { Collector } from './collector.ts';
import type { Scenario } from './scenario.ts';

/** Makes the `fetch` of a scenario; its time is that of the timers in place. */
export function createVirtualFetch(collector: Collector, { roundTripMs, trouble = {} }: Scenario): typeof fetch {
  const startedAt = performance.now();
  let readUntil = startedAt;
  return async (_input, init) => {
    const body = String(init?.body ?? '');
    const signal = init?.signal ?? undefined;
    await pause(roundTripMs / 2, signal);
    if (trouble.bytesPerSecond !== undefined) {
      const now = performance.now();
      readUntil = Math.max(readUntil, now) + (body.length / trouble.bytesPerSecond) * 1_000;
      await pause(readUntil - now, signal);
    }
    const verdict = collector.receive(body, (performance.now() - startedAt) / 1_000);
    await pause(roundTripMs / 2, signal);
    if (verdict === 'reset' || verdict === 'lost')
      throw new TypeError('fetch failed', { cause: new Error('ECONNRESET') });
    if (verdict === 'page') return new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
    return new Response(null, { status: verdict });
  };
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
