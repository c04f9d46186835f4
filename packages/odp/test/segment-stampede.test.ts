import { expect, test, vi } from 'vitest';
import { settingsFor, startLab, startOdp } from './running-odp.ts';

const users = Array.from({ length: 100 }, (_, index) => `user-${index}`);
const lab = await startLab({ odp: { segments: Object.fromEntries(users.map((user) => [user, ['vip']])) } });

test('[ODP-08] 1,000 concurrent fetches of one user are one request, and each gets a list of its own', async () => {
  const { fetch } = startOdp(lab);
  const lists = await Promise.all(Array.from({ length: 1_000 }, () => fetch('user-1')));
  expect(lab.odp.requests.count).toBe(1);
  expect(new Set(lists).size).toBe(1_000);
  expect(lists.every((list) => list.join() === 'vip')).toBe(true);
});

test('[ODP-08] 10,000 concurrent fetches for 100 users are 100 requests, and none when they are repeated', async () => {
  const { odp, fetch } = startOdp(lab, { segmentsTimeoutMs: 60_000 });
  const all = () => Promise.all(Array.from({ length: 10_000 }, (_, index) => fetch(users[index % 100] ?? '')));
  await all();
  expect(lab.odp.requests.count).toBe(100);
  await all();
  expect(lab.odp.requests.count).toBe(100);
  expect(odp.stats?.().segmentRequests).toBe(100);
});

test('[ODP-08] fetches that ignore or reset the cache do not join those that use it', async () => {
  const { fetch } = startOdp(lab);
  await Promise.all([
    fetch('user-1'),
    fetch('user-1', 'IGNORE_CACHE'),
    fetch('user-1', 'IGNORE_CACHE'),
    fetch('user-1', 'RESET_CACHE'),
  ]);
  expect(lab.odp.requests.count).toBe(3);
});

test('[ODP-08] with the platform down there is at most one request per user in 5 s, then another', async () => {
  const { fetch } = startOdp(lab);
  lab.faults.set('odp-segments', { kind: 'status', status: 503 });
  const clock = vi.spyOn(performance, 'now');
  const now = performance.now();
  const failAll = () => Promise.allSettled(users.slice(0, 10).map((user) => fetch(user)));
  for (const elapsed of [0, 1_000, 4_900]) {
    clock.mockReturnValue(now + elapsed);
    const outcomes = await failAll();
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  }
  expect(lab.odp.requests.count).toBe(10);
  clock.mockReturnValue(now + 5_100);
  await failAll();
  expect(lab.odp.requests.count).toBe(20);
  clock.mockRestore();
});

test('[ODP-08] a failure that is remembered keeps its code, and IGNORE_CACHE and RESET_CACHE ask again', async () => {
  const { fetch } = startOdp(lab);
  lab.odp.refuse('user-2', 'invalid-identifier');
  await expect(fetch('user-2')).rejects.toMatchObject({ code: 'invalid-user' });
  await expect(fetch('user-2')).rejects.toMatchObject({
    code: 'invalid-user',
    message: expect.stringContaining('not repeated'),
  });
  expect(lab.odp.requests.count).toBe(1);
  lab.odp.refuse('user-2', null);
  expect(await fetch('user-2', 'IGNORE_CACHE')).toEqual(['vip']);
  lab.odp.refuse('user-4', 'invalid-identifier');
  await expect(fetch('user-4')).rejects.toMatchObject({ code: 'invalid-user' });
  lab.odp.refuse('user-4', null);
  expect(await fetch('user-4', 'RESET_CACHE')).toEqual(['vip']);
  expect(await fetch('user-4')).toEqual(['vip']);
});

test('[ODP-08] a failed request is shared by those who waited for it, then dropped', async () => {
  const { fetch } = startOdp(lab);
  lab.faults.set('odp-segments', { kind: 'status', status: 500, times: 1 });
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => fetch('user-3', 'IGNORE_CACHE')));
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(lab.odp.requests.count).toBe(1);
  expect(await fetch('user-3', 'IGNORE_CACHE')).toEqual(['vip']);
});

/** A client whose platform refused 20 users in a row, at the time `now` of a clock that stands still. */
async function startDown() {
  const { fetch } = startOdp(lab);
  lab.faults.set('odp-segments', { kind: 'status', status: 503 });
  const clock = vi.spyOn(performance, 'now');
  const now = performance.now();
  clock.mockReturnValue(now);
  await Promise.allSettled(users.slice(0, 20).map((user) => fetch(user)));
  return { fetch, clock, now };
}

test('[ODP-08] after 20 failures in a row other users are not asked for either, for 5 s', async () => {
  const { fetch, clock, now } = await startDown();
  lab.faults.clear();
  await expect(fetch('user-50')).rejects.toMatchObject({ code: 'request-failed' });
  expect(lab.odp.requests.count).toBe(20);
  expect(await fetch('user-50', 'IGNORE_CACHE')).toEqual(['vip']);
  clock.mockReturnValue(now + 5_001);
  expect(await fetch('user-50')).toEqual(['vip']);
  expect(await fetch('user-60')).toEqual(['vip']);
  clock.mockRestore();
});

test('[ODP-08] while the platform looks down one user each second is asked for, and an answer ends that', async () => {
  const { fetch, clock, now } = await startDown();
  clock.mockReturnValue(now + 1_001);
  await Promise.allSettled(users.slice(20, 40).map((user) => fetch(user)));
  expect(lab.odp.requests.count).toBe(21);
  lab.faults.clear();
  await expect(fetch('user-50')).rejects.toMatchObject({ code: 'request-failed' });
  clock.mockReturnValue(now + 2_002);
  expect(await fetch('user-51')).toEqual(['vip']);
  expect(await fetch('user-50')).toEqual(['vip']);
  clock.mockRestore();
});

test('[ODP-08] an answer that refuses one user ends that for the others', async () => {
  const { fetch, clock, now } = await startDown();
  clock.mockReturnValue(now + 1_001);
  lab.faults.set('odp-segments', { kind: 'status', status: 403, times: 1 });
  await expect(fetch('user-50')).rejects.toMatchObject({ code: 'request-failed' });
  expect(await fetch('user-51')).toEqual(['vip']);
  expect(await fetch('user-52')).toEqual(['vip']);
  clock.mockRestore();
});

test('[ODP-06] what a caller does to a result reaches nobody else', async () => {
  const { fetch } = startOdp(lab);
  const first = (await fetch('user-1')) as string[];
  expect(() => first.push('admin')).toThrow(TypeError);
  expect(() => {
    first[0] = 'admin';
  }).toThrow(TypeError);
  expect(await fetch('user-1')).toEqual(['vip']);
  expect(await fetch('user-1')).not.toBe(first);
});

test('[ODP-07] who asks after a reset does not join a request from before it', async () => {
  const { fetch } = startOdp(lab);
  lab.faults.set('odp-segments', { kind: 'latency', ms: 300, times: 1 });
  const before = fetch('user-1');
  await expect.poll(() => lab.odp.requests.count).toBe(1);
  await fetch('user-2', 'RESET_CACHE');
  lab.odp.setSegments('user-1', ['new']);
  expect(await fetch('user-1')).toEqual(['new']);
  await before;
  expect(lab.odp.requests.count).toBe(3);
  expect(await fetch('user-1')).toEqual(['new']);
  lab.odp.setSegments('user-1', ['vip']);
});

test('[ODP-07] a request that a reset or new settings overtook answers its caller and is not remembered', async () => {
  const other = settingsFor(lab, { segmentsToCheck: ['new', 'vip'] });
  for (const overtake of [
    (odp: ReturnType<typeof startOdp>) => odp.fetch('user-9', 'RESET_CACHE'),
    (odp: ReturnType<typeof startOdp>) => odp.odp.configure(other),
    (odp: ReturnType<typeof startOdp>) => odp.odp.configure(null),
  ]) {
    const odp = startOdp(lab);
    lab.odp.requests.clear();
    lab.faults.set('odp-segments', { kind: 'latency', ms: 200, times: 1 });
    const slow = odp.fetch('user-1');
    await expect.poll(() => lab.odp.requests.count).toBe(1);
    await overtake(odp);
    // Back before the answer comes, because settings that change empty the cache by themselves.
    odp.odp.configure(settingsFor(lab));
    expect(await slow).toEqual(['vip']);
    const before = lab.odp.requests.count;
    await odp.fetch('user-1');
    expect(lab.odp.requests.count).toBe(before + 1);
  }
});
