import type { HttpResponse } from '@sortition/http';
import { statusError } from '@sortition/http';
import { describe, expect, it } from 'vitest';
import { createPollSchedule } from '../src/poll-schedule.ts';

const MINUTE = 60_000;

function failure(status: number, retryAfter?: string): Error {
  const header = (name: string) => (name === 'retry-after' ? (retryAfter ?? null) : null);
  return statusError({ status, text: '', header } satisfies HttpResponse, 'The request');
}

/** With `random` at 1 and the ceiling visible: 1.1 × a jittered wait, the whole of a backoff. */
const atCeiling = (intervalMs: number) => createPollSchedule(intervalMs, () => 1);

describe('the schedule of polls', () => {
  it.each([
    [0, 270_000],
    [0.5, 300_000],
    [1, 330_000],
  ])('[CFG-13] spreads the normal interval by 10 % either way (random %f)', (random, expected) => {
    expect(createPollSchedule(300_000, () => random).succeeded()).toBeCloseTo(expected, 3);
  });

  it('[CFG-07] doubles the ceiling from 1 s to the larger of interval and 5 min, and starts over after one success', () => {
    const schedule = atCeiling(60_000);
    const error = new Error('network');
    const delays = Array.from({ length: 11 }, () => schedule.failed(error).delayMs / 1_000);
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(schedule.succeeded()).toBeCloseTo(66_000, 3);
    expect(schedule.failed(error).delayMs).toBe(1_000);
    const patient = atCeiling(20 * MINUTE);
    for (let i = 0; i < 30; i += 1) patient.failed(error);
    expect(patient.failed(error).delayMs).toBe(20 * MINUTE);
  });

  it('[CFG-07] draws the whole range of a backoff, but never a burst', () => {
    const error = failure(503);
    expect(createPollSchedule(MINUTE, () => 0).failed(error).delayMs).toBe(100);
    expect(createPollSchedule(MINUTE, () => 0.25).failed(error).delayMs).toBe(250);
  });

  it.each([
    ['7', 7_000],
    ['0', 1_000],
    ['900', 15 * MINUTE],
    ['901', 15 * MINUTE],
    ['315360000', 15 * MINUTE],
    ['soon', 1_000],
    [new Date(Date.now() + 10 * 365 * 86_400_000).toUTCString(), 15 * MINUTE],
    [new Date(0).toUTCString(), 1_000],
  ])('[CFG-07] honours Retry-After %j within 1 s and 15 min', (retryAfter, expected) => {
    for (const status of [408, 429, 503])
      expect(atCeiling(MINUTE).failed(failure(status, retryAfter)).delayMs).toBe(expected);
  });

  it.each([401, 403, 404, 410])('[CFG-07] slows down to 5 min after %i, tells once, and never stops', (status) => {
    const schedule = createPollSchedule(MINUTE, () => 0.5);
    expect(schedule.failed(failure(status))).toEqual({ delayMs: 5 * MINUTE, isNews: true });
    for (let i = 0; i < 1_000; i += 1)
      expect(schedule.failed(failure(status))).toEqual({ delayMs: 5 * MINUTE, isNews: false });
    expect(schedule.succeeded()).toBe(5 * MINUTE);
    expect(schedule.succeeded()).toBe(MINUTE);
    expect(schedule.failed(failure(status)).isNews).toBe(true);
  });

  it('[CFG-07] trusts again only after two successes in a row', () => {
    const schedule = createPollSchedule(MINUTE, () => 0.5);
    schedule.failed(failure(403));
    schedule.succeeded();
    expect(schedule.failed(failure(500))).toEqual({ delayMs: 5 * MINUTE, isNews: true });
    expect(schedule.succeeded()).toBe(5 * MINUTE);
    expect(schedule.succeeded()).toBe(MINUTE);
  });

  it('[CFG-07] is no faster after a denial than the interval', () => {
    const schedule = createPollSchedule(20 * MINUTE, () => 0.5);
    expect(schedule.failed(failure(404)).delayMs).toBe(20 * MINUTE);
  });
});
