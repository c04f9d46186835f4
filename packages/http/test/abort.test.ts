import { setMaxListeners } from 'node:events';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { onAbort } from '../src/abort.ts';
import { request, wait, withDeadline } from '../src/index.ts';

afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => undefined);

describe('onAbort', () => {
  it('hears any of several signals, and absent ones never', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const heard = vi.fn();
    onAbort([first.signal, undefined, second.signal, null], heard);
    second.abort('enough');
    expect(heard.mock.calls).toEqual([['enough']]);
    onAbort(undefined, heard)();
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('calls at once for a signal that is aborted already', () => {
    const heard = vi.fn();
    onAbort([new AbortController().signal, AbortSignal.abort('before')], heard);
    expect(heard.mock.calls).toEqual([['before']]);
  });

  it('leaves every signal', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const heard = vi.fn();
    onAbort([first.signal, second.signal], heard)();
    first.abort();
    second.abort();
    expect(heard).not.toHaveBeenCalled();
  });
});

describe('one signal', () => {
  it('ends requests and waits that many share, and is left by all of them', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = new Set<unknown>();
    vi.spyOn(signal, 'addEventListener').mockImplementation((_, listener) => void listeners.add(listener));
    vi.spyOn(signal, 'removeEventListener').mockImplementation((_, listener) => void listeners.delete(listener));
    const ask = () => request({ url: 'https://example.test/', timeoutMs: 60_000, maxBytes: 1, signal, fetch: never });
    const waiting = [...Array.from({ length: 20 }, ask), wait(60_000, signal)];
    expect(listeners.size).toBe(1);
    controller.abort();
    for (const listener of [...listeners]) (listener as () => void)();
    for (const ended of await Promise.allSettled(waiting)) {
      expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } });
    }
    expect(listeners.size).toBe(0);
  });
});

test('[NET-04] a hundred requests with one signal print no warning of a leak', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const controller = new AbortController();
  // Node warns from its limit on; without it, newer versions allow any number for signals.
  setMaxListeners(10, controller.signal);
  const { signal } = controller;
  const ask = () => request({ url: 'https://example.test/', timeoutMs: 60_000, maxBytes: 1, signal, fetch: never });
  const requests = Promise.allSettled(Array.from({ length: 100 }, ask));
  await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort();
  const reasons = (await requests).map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : ''));
  process.off('warning', note);
  expect(new Set(reasons)).toEqual(new Set(['aborted']));
  expect(warnings).toEqual([]);
});

describe('withDeadline', () => {
  const options = { timeoutMs: 60_000, what: 'The work' };

  it('begins nothing with a signal that is aborted already', async () => {
    const work = vi.fn(never);
    const result = withDeadline({ ...options, signal: AbortSignal.abort('before') }, work);
    await expect(result).rejects.toMatchObject({ code: 'aborted', cause: 'before' });
    expect(work).not.toHaveBeenCalled();
  });

  it('aborts its signal whenever it rejects: late, aborted, failed, thrown', async () => {
    const signals: AbortSignal[] = [];
    const controller = new AbortController();
    const failure = new Error('broken');
    const late = withDeadline({ ...options, timeoutMs: 5 }, (signal) => {
      signals.push(signal);
      return never();
    });
    const aborted = withDeadline({ ...options, signal: controller.signal }, (signal) => {
      signals.push(signal);
      return never();
    });
    const failed = withDeadline(options, async (signal) => {
      signals.push(signal);
      throw failure;
    });
    const thrown = withDeadline(options, (signal) => {
      signals.push(signal);
      throw failure;
    });
    setTimeout(() => controller.abort(), 1);
    expect(await Promise.allSettled([late, aborted, failed, thrown])).toMatchObject([
      { reason: { code: 'timeout', message: 'The work did not finish within 5 ms.' } },
      { reason: { code: 'aborted', message: 'The work was aborted by its caller.' } },
      { reason: failure },
      { reason: failure },
    ]);
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, true, true]);
  });

  it.each([
    [undefined, true],
    [true, false],
  ])('[NET-05] keeps the process alive for a result that is awaited: unref %s', async (unref, expected) => {
    const started = vi.spyOn(globalThis, 'setTimeout');
    const work = withDeadline({ ...options, timeoutMs: 1, ...(unref && { unref }) }, never);
    const timer = started.mock.results[0]?.value as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(expected);
    started.mockRestore();
    await expect(work).rejects.toMatchObject({ code: 'timeout' });
  });

  it('leaves no timer and aborts nothing when the work is done', async () => {
    vi.useFakeTimers();
    const signals: AbortSignal[] = [];
    expect(await withDeadline(options, async (signal) => signals.push(signal))).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(signals[0]?.aborted).toBe(false);
  });
});
