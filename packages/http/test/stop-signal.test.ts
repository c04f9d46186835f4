import { describe, expect, it, vi } from 'vitest';
import { createStopSwitch, request, wait } from '../src/index.ts';
import { toAbortSignal } from '../src/stop-signal.ts';

describe('a stop switch', () => {
  it('tells its listeners once, with the reason at hand', () => {
    const stop = createStopSwitch();
    const heard = vi.fn(() => expect(stop.reason).toBe('enough'));
    const left = vi.fn();
    stop.addEventListener('abort', heard);
    stop.addEventListener('abort', left);
    stop.removeEventListener('abort', left);
    expect(stop.aborted).toBe(false);
    stop.stop('enough');
    stop.stop('again');
    expect(stop).toMatchObject({ aborted: true, reason: 'enough' });
    expect(heard).toHaveBeenCalledTimes(1);
    expect(left).not.toHaveBeenCalled();
  });

  it('becomes a signal of the platform', () => {
    const stop = createStopSwitch();
    const signal = toAbortSignal(stop);
    stop.stop('enough');
    expect(signal).toMatchObject({ aborted: true, reason: 'enough' });
    expect(toAbortSignal(stop).aborted).toBe(true);
  });

  it('ends requests and waits that many share', async () => {
    const stop = createStopSwitch();
    const never = () => new Promise<never>(() => undefined);
    const ask = () =>
      request({ url: 'https://example.test/', timeoutMs: 60_000, maxBytes: 1, signal: stop, fetch: never });
    const waiting = [...Array.from({ length: 20 }, ask), wait(60_000, stop)];
    stop.stop();
    for (const ended of await Promise.allSettled(waiting)) {
      expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } });
    }
  });
});
