import { SdkError } from '@sortition/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemorySegmentCache } from '../src/memory-segment-cache.ts';
import { createSegmentReader } from '../src/segment-reader.ts';

/** What may happen, in any order, while answers of the platform and of a shared cache are on their way. */
const step = fc.oneof(
  { weight: 2, arbitrary: fc.constant('read' as const) },
  fc.constantFrom('read around the cache', 'reset', 'retire', 'change'),
  { weight: 5, arbitrary: fc.constant('let one answer come' as const) },
);

test('[ODP-07] whatever overtakes what, nobody is answered with segments from before the last reset that was over when they asked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 5, maxLength: 40 }), async (scheduler, steps) => {
      /** The version of the truth: answers carry the one they were made of. */
      let version = 0;
      const memory = createMemorySegmentCache({ size: 10, timeoutMs: 60_000 });
      const later = <T>(value: () => T): Promise<T> => scheduler.schedule(Promise.resolve()).then(value);
      const background: Promise<unknown>[] = [];
      const reader = createSegmentReader({
        query: () => {
          const made = version;
          return later(() => [String(made)]);
        },
        // A store does what it is told in that order; its answers may be late.
        cache: {
          lookup(key) {
            const found = memory.lookup(key);
            return later(() => found);
          },
          save(key, segments) {
            memory.save(key, segments);
            return later(() => undefined);
          },
          reset() {
            memory.reset();
            return later(() => undefined);
          },
        },
        counters: { segmentRequests: 0, segmentCacheHits: 0, segmentFailures: 0 },
        failureMemoryMs: 5_000,
        background: (work) => void background.push(work),
      });
      const pending: Promise<unknown>[] = [];
      /** The truth when the last of the finished resets was asked for. */
      let oldest = 0;
      for (const action of steps) {
        if (action === 'change') version += 1;
        else if (action === 'retire') reader.retire();
        else if (action === 'let one answer come') {
          if (scheduler.count() > 0) await scheduler.waitOne();
          await new Promise(setImmediate);
        } else if (action === 'reset') {
          const begun = version;
          // For a user of its own: resets join each other, and then bring what the first of them asked for.
          const reset = reader.read('eve', 'eve', ['RESET_CACHE'], 60_000);
          pending.push(
            reset.then(() => {
              oldest = Math.max(oldest, begun);
            }),
          );
        } else {
          const least = oldest;
          const options = action === 'read' ? [] : (['IGNORE_CACHE'] as const);
          const read = reader.read('ada', 'ada', options, 60_000);
          pending.push(read.then(([made]) => expect(Number(made)).toBeGreaterThanOrEqual(least)));
        }
      }
      await scheduler.waitFor(Promise.all(pending));
      await scheduler.waitFor(Promise.all(background));
    }),
    { numRuns: 6_000 },
  );
});

test('a failure is remembered without the error, which holds on to everything its stack went through', async () => {
  const platform = new Error('the platform is away');
  const failures = [
    new SdkError('request-failed', 'away', { cause: platform }),
    new SdkError('request-failed', 'status', { cause: { status: 503, retryAfterMs: null } }),
  ];
  let asked = 0;
  const reader = createSegmentReader({
    query: async () => {
      asked += 1;
      throw failures[asked - 1];
    },
    cache: { lookup: async () => undefined, save: async () => undefined, reset: async () => undefined },
    counters: { segmentRequests: 0, segmentCacheHits: 0, segmentFailures: 0 },
    failureMemoryMs: 5_000,
    background: () => undefined,
  });
  const read = (key: string) => reader.read(key, key, [], 1_000).catch((error: unknown) => error);
  expect([await read('ada'), await read('eve')]).toEqual(failures);
  expect(await read('ada')).toMatchObject({ code: 'request-failed', cause: null });
  expect(await read('eve')).toMatchObject({ code: 'request-failed', cause: { status: 503 } });
  expect(asked).toBe(2);
});
