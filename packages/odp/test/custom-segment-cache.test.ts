import type { SegmentCache } from '@sortition/core';
import { expect, test } from 'vitest';
import { settingsFor, startLab, startOdp } from './running-odp.ts';

const lab = await startLab({ odp: { segments: { ada: ['vip'] } } });

const throwing = () => {
  throw new Error('no');
};
const rejecting = () => Promise.reject(new Error('no'));
/** An object like a promise, written so that no tool takes the file for one. */
const thenable = (then: (done: (value: unknown) => void) => void) => Object.fromEntries([['then', then]]);
const hanging = () => new Promise<never>(() => undefined);

test.each<[string, () => unknown]>([
  ['throws', throwing],
  ['rejects with null', () => Promise.reject(null)],
  ['rejects', rejecting],
  ['hangs', hanging],
  ['answers a text', () => 'vip'],
  ['answers a number', () => 7],
  ['answers a promise of an object', async () => ({ 0: 'vip', length: 1 })],
  ['answers a list with a hole', () => new Array(2)],
  ['answers a list with null', () => ['vip', null]],
  ['answers a list that cannot be read', () => new Proxy([], { get: throwing })],
  ['answers a thenable that throws', () => thenable(throwing)],
  [
    'answers a thenable that resolves twice',
    () =>
      thenable((done) => {
        done(7);
        done(['x']);
      }),
  ],
  ['answers a thenable that never settles', () => thenable(() => undefined)],
])('[ODP-09] a cache whose lookup %s is gone around, and that is a problem once', async (_, lookup) => {
  const { fetch, problems } = startOdp(lab, {
    segmentsCache: { lookup, save: () => undefined, reset: () => undefined } as never,
  });
  expect(await fetch('ada')).toEqual(['vip']);
  expect(problems).toMatchObject([{ code: 'segment-cache-failed', part: 'odp' }]);
});

test.each<[string, () => unknown]>([
  ['throws', throwing],
  ['rejects', rejecting],
  ['hangs', hanging],
  ['answers something', () => 7],
])('[ODP-09] a cache whose save and reset %s harms no fetch', async (_, broken) => {
  const { fetch } = startOdp(lab, { segmentsCache: { lookup: () => null, save: broken, reset: broken } as never });
  expect(await fetch('ada')).toEqual(['vip']);
  expect(await fetch('ada', 'RESET_CACHE')).toEqual(['vip']);
});

test('a shared cache is read, written and reset, and handed the rest of its work over', async () => {
  const entries = new Map<string, readonly string[]>();
  const resets: number[] = [];
  const cache: SegmentCache = {
    lookup: async (key) => entries.get(key),
    save: async (key, segments) => void entries.set(key, segments),
    reset: async () => {
      resets.push(1);
      entries.clear();
    },
  };
  const one = startOdp(lab, { segmentsCache: cache });
  const other = startOdp(lab, { segmentsCache: cache });
  expect(resets).toHaveLength(0);
  expect(await one.fetch('ada')).toEqual(['vip']);
  await Promise.all(one.handedOver);
  expect(await other.fetch('ada')).toEqual(['vip']);
  expect(lab.odp.requests.count).toBe(1);
  expect([...entries.keys()][0]).toMatch(/-fs_user_id-\$-ada$/);
  other.odp.configure(settingsFor(lab, { segmentsToCheck: ['vip'] }));
  await Promise.all(other.handedOver);
  expect(resets).toHaveLength(1);
});

test('servers on different datafiles do not take each other’s segments from a shared cache', async () => {
  const entries = new Map<string, readonly string[]>();
  const segmentsCache: SegmentCache = {
    lookup: (key) => entries.get(key),
    save: (key, segments) => void entries.set(key, segments),
    reset: () => entries.clear(),
  };
  const old = startOdp(lab, { segmentsCache }, { segmentsToCheck: ['new'] });
  const current = startOdp(lab, { segmentsCache });
  expect(await old.fetch('ada')).toEqual([]);
  expect(await current.fetch('ada')).toEqual(['vip']);
});
