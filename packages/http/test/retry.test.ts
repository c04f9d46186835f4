import { SdkError } from '@sortition/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  backoffMs,
  classifyStatus,
  type HttpResponse,
  isRetryable,
  retry,
  retryAfterMs,
  statusError,
  wait,
} from '../src/index.ts';

function answer(status: number, headers: Record<string, string> = {}): HttpResponse {
  return { status, text: '', header: (name) => headers[name] ?? null };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('classifyStatus', () => {
  it.each([
    [199, 'refused'],
    [200, 'success'],
    [299, 'success'],
    [300, 'refused'],
    [304, 'not-modified'],
    [400, 'refused'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'denied'],
    [408, 'retry'],
    [410, 'denied'],
    [418, 'refused'],
    [425, 'retry'],
    [429, 'retry'],
    [499, 'refused'],
    [500, 'retry'],
    [599, 'retry'],
  ] as const)('sorts %i as %s', (status, expected) => {
    expect(classifyStatus(status)).toBe(expected);
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['2', 2_000],
    ['10', 10_000],
    ['315360000', 315_360_000_000],
    ['9'.repeat(400), Number.POSITIVE_INFINITY],
    ['-1', null],
    ['1.5', null],
    ['1e3', null],
    ['soon', null],
    ['', null],
    ['x 5', null],
    ['Tue, 99 Foo 2026 00:00:00 GMT', null],
  ])('reads %j as %s', (value, expected) => {
    expect(retryAfterMs(answer(429, { 'retry-after': value }))).toBe(expected);
  });

  it('counts a date from the date of the answer, else from the local clock, never below zero', () => {
    const until = { 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' };
    expect(retryAfterMs(answer(503, { ...until, date: 'Wed, 21 Oct 2026 07:28:00 GMT' }))).toBe(30_000);
    expect(retryAfterMs(answer(503, { ...until, date: 'Wed, 21 Oct 2026 07:29:00 GMT' }))).toBe(0);
    vi.useFakeTimers({ now: Date.UTC(2026, 9, 21, 7, 28, 20) });
    expect(retryAfterMs(answer(503, until))).toBe(10_000);
  });
});

describe('backoffMs', () => {
  it('is uniform below a ceiling that doubles up to the cap', () => {
    const ceilings = [1, 2, 3, 4, 5, 1_000].map((failures) =>
      backoffMs({ baseMs: 1_000, capMs: 10_000, random: () => 1 }, failures),
    );
    expect(ceilings).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(backoffMs({ baseMs: 1_000, capMs: 10_000, random: () => 0.25 }, 2)).toBe(500);
    expect(backoffMs({ baseMs: 1_000, capMs: 10_000, random: () => 0 }, 2)).toBe(0);
  });

  it('[NET-11] lies above a least wait, and reaches it', () => {
    const at = (draw: number, failures = 1) =>
      backoffMs({ baseMs: 750, capMs: 1_000, scalar: 1.5, leastMs: 500, random: () => draw }, failures);
    expect([at(0), at(0.5), at(1), at(0, 9), at(1, 9)]).toEqual([500, 625, 750, 500, 1_000]);
    expect(backoffMs({ baseMs: 10, capMs: 100, leastMs: 500, random: () => 1 }, 1)).toBe(500);
    expect(backoffMs({ baseMs: 750, capMs: 1_000, leastMs: 500 }, 1, 0)).toBe(500);
  });

  it('waits what was asked for, within bounds', () => {
    const backoff = { baseMs: 1_000, capMs: 2_000 };
    expect([0, 1_500, 5_000, Number.POSITIVE_INFINITY].map((asked) => backoffMs(backoff, 1, asked, 4_000))).toEqual([
      1_000, 1_500, 4_000, 4_000,
    ]);
  });
});

describe('retry', () => {
  const quick = { retries: 3, baseMs: 1, capMs: 2, maxRetryAfterMs: 1_000 };
  const shouldRetry = isRetryable;

  it('attempts until it succeeds, numbering from zero', async () => {
    const attempt = vi.fn(async (number: number) => {
      if (number < 2) throw statusError(answer(503), 'The request');
      return number;
    });
    expect(await retry(quick, { shouldRetry }, attempt)).toBe(2);
    expect(attempt.mock.calls).toEqual([[0], [1], [2]]);
  });

  it.each([
    ['a refusal', statusError(answer(400), 'The request'), 1],
    ['a denial', statusError(answer(404), 'The request'), 1],
    ['garbage', new SdkError('invalid-response', 'garbage'), 1],
    ['an abort', new SdkError('aborted', 'aborted'), 1],
    ['something foreign', new TypeError('bug'), 1],
    ['a network failure', new SdkError('request-failed', 'reset'), 4],
    ['a deadline', new SdkError('timeout', 'late'), 4],
    ['a status to retry', statusError(answer(429), 'The request'), 4],
  ])('makes the right number of attempts for %s and rejects with it', async (_, error, attempts) => {
    const attempt = vi.fn(() => Promise.reject(error));
    await expect(retry(quick, { shouldRetry }, attempt)).rejects.toBe(error);
    expect(attempt).toHaveBeenCalledTimes(attempts);
    expect(isRetryable(error)).toBe(attempts > 1);
  });

  it('waits as long as Retry-After asks, and gives up when that is too long', async () => {
    const delays: number[] = [];
    const asking = (seconds: string) => () =>
      Promise.reject(statusError(answer(429, { 'retry-after': seconds }), 'The request'));
    vi.useFakeTimers();
    const once = { ...quick, retries: 1, maxRetryAfterMs: 60_000 };
    const options = { shouldRetry, onRetry: (_: unknown, ms: number) => delays.push(ms) };
    const patient = retry(once, options, asking('7')).catch(() => 'failed');
    await vi.advanceTimersByTimeAsync(7_000);
    expect(await patient).toBe('failed');
    expect(await retry(once, options, asking('61')).catch(() => 'failed')).toBe('failed');
    expect(delays).toEqual([7_000]);
  });

  it('stops waiting when its caller aborts', async () => {
    const controller = new AbortController();
    const attempt = vi.fn(() => Promise.reject(new SdkError('timeout', 'late')));
    const result = retry(
      { retries: 5, baseMs: 60_000, capMs: 60_000, maxRetryAfterMs: 1_000, random: () => 1 },
      { shouldRetry, signal: controller.signal },
      attempt,
    );
    setTimeout(() => controller.abort(), 10);
    await expect(result).rejects.toMatchObject({ code: 'aborted' });
    expect(attempt).toHaveBeenCalledTimes(1);
    await expect(wait(60_000, controller.signal)).rejects.toMatchObject({ code: 'aborted' });
  });
});
