import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { createMemorySegmentCache, type MemorySegmentCache } from '../src/memory-segment-cache.ts';

let now = 0;
afterEach(() => vi.restoreAllMocks());

function clockedCache(size: number, timeoutMs: number): MemorySegmentCache {
  now = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return createMemorySegmentCache({ size, timeoutMs });
}

test.each([
  [0, 1_000],
  [10, 0],
])('[ODP-05] size %i with a timeout of %i ms remembers nothing', (size, timeoutMs) => {
  const cache = clockedCache(size, timeoutMs);
  cache.save('a', ['vip']);
  expect(cache.lookup('a')).toBeUndefined();
});

test('[ODP-05] an entry is there until its timeout and gone at it; a lookup does not make it live longer, a save does', () => {
  const cache = clockedCache(10, 100);
  cache.save('a', []);
  now += 99;
  expect(cache.lookup('a')).toEqual([]);
  now += 1;
  expect(cache.lookup('a')).toBeUndefined();
  cache.save('a', ['x']);
  now += 60;
  cache.save('a', ['y']);
  now += 60;
  expect(cache.lookup('a')).toEqual(['y']);
});

test('[ODP-05] wall clocks that jump do not matter', () => {
  const cache = clockedCache(10, 100);
  cache.save('a', ['vip']);
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 10 * 365 * 86_400_000);
  expect(cache.lookup('a')).toEqual(['vip']);
});

test('[ODP-05] keys of prototypes are ordinary', () => {
  const cache = clockedCache(10, 100);
  for (const key of ['__proto__', 'constructor', 'toString', '']) {
    expect(cache.lookup(key)).toBeUndefined();
    cache.save(key, [key]);
    expect(cache.lookup(key)).toEqual([key]);
  }
});

test('[ODP-05] a million keys leave the last ones and no more than twice the size', () => {
  const cache = clockedCache(1_000, Number.POSITIVE_INFINITY);
  for (let i = 0; i < 1_000_000; i++) cache.save(`user-${i}`, []);
  const kept = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => cache.lookup(`user-${from + i}`)).filter((entry) => entry !== undefined)
      .length;
  expect(kept(999_000, 1_000_000)).toBe(1_000);
  expect(kept(990_000, 999_000)).toBeLessThanOrEqual(1_000);
});

interface Model {
  /** Key to its expiry, least recently used first. */
  readonly recency: Map<string, number>;
}

const SIZE = 4;
const TIMEOUT_MS = 10;
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', '__proto__');

/** Either a key's entry is as saved last, or the key is not among the `SIZE` used last. */
const commands = [
  key.map((name) => ({
    check: () => true,
    run({ recency }: Model, cache: MemorySegmentCache) {
      cache.save(name, [`${name}-${now}`]);
      recency.delete(name);
      recency.set(name, now);
    },
    toString: () => `save ${name}`,
  })),
  key.map((name) => ({
    check: () => true,
    run({ recency }: Model, cache: MemorySegmentCache) {
      const savedAt = recency.get(name);
      const found = cache.lookup(name);
      const isExpired = savedAt === undefined || now >= savedAt + TIMEOUT_MS;
      const mustBeThere = !isExpired && [...recency.keys()].slice(-SIZE).includes(name);
      if (isExpired) expect(found).toBeUndefined();
      else if (mustBeThere || found !== undefined) expect(found).toEqual([`${name}-${savedAt}`]);
      if (found === undefined || savedAt === undefined) recency.delete(name);
      else {
        recency.delete(name);
        recency.set(name, savedAt);
      }
    },
    toString: () => `lookup ${name}`,
  })),
  fc.integer({ min: 1, max: 8 }).map((elapsed) => ({
    check: () => true,
    run() {
      now += elapsed;
    },
    toString: () => `wait ${elapsed}`,
  })),
  fc.constant({
    check: () => true,
    run({ recency }: Model, cache: MemorySegmentCache) {
      cache.reset();
      recency.clear();
    },
    toString: () => 'reset',
  }),
];

test('[ODP-05] whatever is saved, looked up, waited for and reset, the cache agrees with a model of it', () => {
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 60 }), (run) => {
      now = 0;
      fc.modelRun(
        () => ({
          model: { recency: new Map() },
          real: createMemorySegmentCache({ size: SIZE, timeoutMs: TIMEOUT_MS }),
        }),
        run,
      );
    }),
    { numRuns: 5_000 },
  );
});
