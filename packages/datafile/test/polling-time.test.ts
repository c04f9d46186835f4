/** What needs a clock of its own: nothing here touches a socket. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPollingConfig } from '../src/index.ts';
import { datafileText } from './sample-datafile.ts';

const faked = ['setTimeout', 'clearTimeout', 'performance', 'Date'] as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: [...faked] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Uniform and the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('polling over time', () => {
  it('[CFG-13] a thousand clients that started together do not come back together', async () => {
    vi.spyOn(Math, 'random').mockImplementation(createRandom(7));
    const start = performance.now();
    const buckets = Array<number>(12).fill(0);
    const text = datafileText('1');
    const closers: (() => void)[] = [];
    for (let i = 0; i < 1_000; i += 1) {
      let requests = 0;
      const fetch = async () => {
        requests += 1;
        if (requests === 2) {
          // The second polls fall into the minute around the interval of 5.
          const bucket = Math.floor((performance.now() - start - 270_000) / 5_000);
          buckets[bucket] = (buckets[bucket] ?? 0) + 1;
        }
        return new Response(text);
      };
      const source = createPollingConfig({ sdkKey: 'key', fetch });
      closers.push(source.subscribe(() => undefined));
    }
    await vi.advanceTimersByTimeAsync(335_000);
    for (const close of closers) close();
    expect(buckets).toHaveLength(12);
    expect(buckets.reduce((sum, count) => sum + count)).toBe(1_000);
    const expected = 1_000 / 12;
    const chiSquare = buckets.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 0.999 quantile at 11 degrees of freedom.
    expect(chiSquare).toBeLessThan(31.26);
  });

  it.each([-10 * 365 * 86_400_000, -3_600_000, 3_600_000, 10 * 365 * 86_400_000])(
    '[CFG-09] a wall clock that jumps by %i ms changes nothing',
    async (jumpMs) => {
      vi.spyOn(Math, 'random').mockReturnValue(0.5);
      const fetch = vi.fn(async () => new Response(datafileText('1')));
      const stop = createPollingConfig({ sdkKey: 'key', fetch, pollIntervalMs: 60_000 }).subscribe(() => undefined);
      await vi.advanceTimersByTimeAsync(90_000);
      expect(fetch).toHaveBeenCalledTimes(2);
      vi.setSystemTime(Date.now() + jumpMs);
      await vi.advanceTimersByTimeAsync(25_000);
      expect(fetch).toHaveBeenCalledTimes(2);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(fetch).toHaveBeenCalledTimes(3);
      stop();
    },
  );

  it('[CFG-07] waits as long as the statuses ask for, over a whole outage', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const answers: [number, Record<string, string>?][] = [
      [503],
      [503],
      [429, { 'retry-after': '30' }],
      [503, { 'retry-after': '999999999' }],
      [403],
      [403],
      [200],
      [304],
      [304],
    ];
    const times: number[] = [];
    const fetch = async () => {
      times.push(performance.now() / 1_000);
      const [status, headers] = answers.shift() ?? [304];
      return new Response(status === 200 ? datafileText('1') : null, { status, headers: { etag: '"1"', ...headers } });
    };
    const start = performance.now() / 1_000;
    const stop = createPollingConfig({ sdkKey: 'key', fetch, pollIntervalMs: 60_000 }).subscribe(() => undefined);
    await vi.advanceTimersByTimeAsync(4_000_000);
    stop();
    const waits = times.slice(0, 10).map((time, index) => time - (times[index - 1] ?? start));
    // 0.5 s, then 1 s of backoff; Retry-After 30 s; at most 15 min; 5 min while denied, and once more until trusted.
    expect(waits.map((wait) => Math.round(wait * 10) / 10)).toEqual([0, 0.5, 1, 30, 900, 300, 300, 300, 60, 60]);
  });

  it('a refresh that joined a poll which died with its runtime asks for itself when the time of that poll is over', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(() => new Promise(() => undefined));
    const source = createPollingConfig({ sdkKey: 'key', fetch, updates: 'manual' });
    const fakeSetTimeout = globalThis.setTimeout;
    // The runtime forgets the timers of the poll as well.
    globalThis.setTimeout = (() => 0) as never;
    void source.refresh?.();
    await vi.advanceTimersByTimeAsync(0);
    globalThis.setTimeout = fakeSetTimeout;
    expect(fetch).toHaveBeenCalledTimes(1);
    fetch.mockImplementation(async () => new Response(datafileText('1')));
    const refreshed = source.refresh?.();
    await vi.advanceTimersByTimeAsync(12_000);
    expect(fetch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(await refreshed).toBe(true);
    expect(source.current()?.revision).toBe('1');
  });

  const status = (code: number, headers = {}) => new Response(null, { status: code, headers });
  const faults: [row: string, name: string, answer: () => Response | Promise<Response>, allowedSeconds: number][] = [
    ['CFG-01', 'refuses connections', () => Promise.reject(new TypeError('fetch failed')), 300],
    ['CFG-02', 'answers 304 to what has no conditions', () => status(304), 300],
    ['CFG-03', 'cuts its answers off', () => Promise.reject(new TypeError('terminated')), 300],
    ['CFG-04', 'never answers', () => new Promise(() => undefined), 310],
    ['CFG-05', 'sends too much', () => new Response('x'.repeat(2_000)), 300],
    ['CFG-06', 'sends garbage', () => new Response('<html>'), 300],
    ['CFG-07', 'is overloaded', () => status(503), 300],
    // Give or take 10 %, so that clients that were all turned away do not come back together.
    ['CFG-07', 'denies access', () => status(403), 330],
    ['CFG-07', 'asks for ten years of patience', () => status(429, { 'retry-after': '315360000' }), 900],
    ['CFG-08', 'redirects elsewhere', () => status(302, { location: 'https://example.com/' }), 300],
  ];

  it.each(faults)(
    '[%s] after hours of a server that %s, a good document serves soon',
    async (_row, _name, answer, allowed) => {
      vi.spyOn(Math, 'random').mockImplementation(createRandom(11));
      let isBroken = true;
      const fetch = vi.fn(async () => (isBroken ? answer() : new Response(datafileText('good'))));
      const intervalMs = 60_000;
      const options = { sdkKey: 'key', fetch, pollIntervalMs: intervalMs, maxBytes: 1_000 };
      const problems: string[] = [];
      const source = createPollingConfig(options);
      const stop = source.subscribe((change) => change.type === 'problem' && problems.push(change.problem.code));
      await vi.advanceTimersByTimeAsync(4 * 3_600_000);
      expect(source.current()).toBeNull();
      expect(problems.length).toBeGreaterThan(0);
      // Neither a burst nor the end of trying.
      expect(fetch.mock.calls.length).toBeGreaterThan(10);
      expect(fetch.mock.calls.length).toBeLessThan(300);
      isBroken = false;
      await vi.advanceTimersByTimeAsync(Math.max(2 * intervalMs, allowed * 1_000) + 1_000);
      stop();
      expect(source.current()?.revision).toBe('good');
    },
  );

  it('[CFG-12] has one request in flight at most, and is silent once closed, whatever is called in whatever order', async () => {
    const commands = fc.array(fc.constantFrom('subscribe', 'unsubscribe', 'refresh', 'close', 'wait'), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), commands, async (scheduler, calls) => {
        let revision = 0;
        let inFlight = 0;
        const violations: string[] = [];
        const fetch = (_input: unknown, init?: RequestInit): Promise<Response> => {
          if (inFlight > 0) violations.push('two requests in flight');
          inFlight += 1;
          let isOver = false;
          const over = () => {
            if (!isOver) inFlight -= 1;
            isOver = true;
          };
          init?.signal?.addEventListener('abort', over);
          revision += 1;
          return scheduler.schedule(Promise.resolve(new Response(datafileText(String(revision))))).finally(over);
        };
        const source = createPollingConfig({ sdkKey: 'key', fetch, pollIntervalMs: 1_000 });
        const subscriptions: (() => void)[] = [];
        let mayHear = false;
        for (const call of calls) {
          if (call === 'subscribe') {
            mayHear = true;
            subscriptions.push(source.subscribe(() => mayHear || violations.push('an event after close')));
          } else if (call === 'unsubscribe') {
            subscriptions.shift()?.();
          } else if (call === 'refresh') {
            void source.refresh?.();
          } else if (call === 'close') {
            void source.close?.();
            mayHear = false;
          } else {
            await vi.advanceTimersByTimeAsync(700);
            if (scheduler.count() > 0) await scheduler.waitOne();
          }
        }
        void source.close?.();
        mayHear = false;
        await scheduler.waitAll();
        await vi.advanceTimersByTimeAsync(1_000_000);
        expect(inFlight).toBe(0);
        expect(violations).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
