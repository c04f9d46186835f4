/** What was published and set: kept over a restart, with its history; written from a known revision only. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ShopDatafile } from '@sortition/emulator/shop-datafile';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Conflict, MovePreview, VersionRow } from '../../src/api/history.ts';
import { startLab } from '../../src/server/lab.ts';
import { get, revisionOf, runLab, send } from './running-lab.ts';
import { impression, sendEvents } from './wire-events.ts';

const { url } = await runLab();
const published = () => get<ShopDatafile>(`${url}/datafiles/lab.json`);

test('flags, audiences, segments and faults are there after a restart, with their history', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sortition-lab-'));
  onTestFinished(() => rm(dataFolder, { recursive: true }));
  const options = { port: 0, dataFolder, pageFolder: dataFolder };
  const first = await startLab(options);
  await send('PATCH', `${first.url}/api/rules/2001`, { shares: { '2101': 20, '2102': 12, '2103': 8 } });
  await send('POST', `${first.url}/api/audiences`, {
    name: 'Gold',
    conditions: ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'gold' }],
  });
  await send('PUT', `${first.url}/api/users/ada/segments`, { segments: ['vip'] });
  await send('POST', `${first.url}/__chaos`, { endpoint: 'events', faults: [{ kind: 'latency', ms: 5 }] });
  const before = await get<ShopDatafile>(`${first.url}/datafiles/lab.json`);
  const history = await get<VersionRow[]>(`${first.url}/api/history`);
  await first.close();

  const second = await startLab(options);
  onTestFinished(() => second.close());
  const after = await get<ShopDatafile>(`${second.url}/datafiles/lab.json`);
  expect(after.experiments).toEqual(before.experiments);
  expect(after.typedAudiences).toEqual(before.typedAudiences);
  expect(after.integrations).toEqual([expect.objectContaining({ host: second.url })]);
  expect(await get(`${second.url}/api/users/ada/segments`)).toEqual({ segments: ['vip'] });
  expect(await get(`${second.url}/__chaos`)).toEqual({ events: [{ kind: 'latency', ms: 5 }] });
  const kept = await get<VersionRow[]>(`${second.url}/api/history`);
  expect(kept.slice(-history.length)).toEqual(history);
  expect(history.map(({ summary }) => summary)).toEqual([
    'Created audience Gold',
    'Changed the traffic of checkout_redesign',
    'Started with the sample shop',
  ]);
});

describe('a write', () => {
  test('from a revision that is not in effect any more is a conflict with the difference to look at', async () => {
    const base = await revisionOf(url);
    await send('PATCH', `${url}/api/rules/2001`, { status: 'Paused' });
    const { status, body } = await send('PATCH', `${url}/api/rules/2005`, { status: 'Running' }, { base });
    const conflict = body as unknown as Conflict;
    expect(status).toBe(409);
    expect(conflict.revision).toBe(await revisionOf(url));
    expect(conflict.differences).toEqual([
      {
        kind: 'experiment',
        name: 'checkout_redesign',
        change: 'changed',
        fields: [{ field: 'status', before: 'Running', after: 'Paused' }],
      },
    ]);
    expect((await published()).experiments.find(({ id }) => id === '2005')?.status).toBe('Paused');
  });

  test.each([
    ['PATCH', '/api/rules/2001', { status: 'Paused' }],
    ['PATCH', '/api/audiences/5001', { name: 'Others' }],
    ['POST', '/api/flags', { key: 'new' }],
    ['DELETE', '/api/flags/checkout', {}],
    ['POST', '/api/reset', {}],
    ['POST', '/api/restore', { revision: '2024' }],
    ['POST', '/api/import', { datafile: { version: '4', revision: '1' } }],
  ])('of %s %s says which revision it started from, or is refused', async (method, path, body) => {
    const before = await published();
    expect((await send(method, url + path, body, { base: null })).status).toBe(428);
    expect((await send(method, url + path, body, { base: '1' })).status).toBe(409);
    expect(await published()).toEqual(before);
  });

  test('of two at the same time one is made and the other is told', async () => {
    const base = await revisionOf(url);
    const answers = await Promise.all(
      ['Paused', 'Paused'].map((status) => send('PATCH', `${url}/api/rules/2001`, { status }, { base })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe('traffic', () => {
  const seen = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      impression({ ruleId: '2004', visitorId: `t${index}`, variationId: '2401', timestamp: 1_000 }),
    );

  test('that grows moves nobody: every user keeps the variation', async () => {
    const rule = async () => (await published()).groups[0]?.experiments.find(({ id }) => id === '2004');
    await send('PATCH', `${url}/api/rules/2004`, { shares: { '2401': 10, '2402': 6 } });
    await sendEvents(url, await revisionOf(url), seen(500));
    const before = await rule();
    const preview = await send('POST', `${url}/api/rules/2004/preview`, { shares: { '2401': 50, '2402': 30 } });
    expect(preview.body).toMatchObject({ movedShare: 0, movedUsers: 0, seenUsers: expect.any(Number) });
    expect((preview.body as unknown as MovePreview).seenUsers).toBeGreaterThan(30);
    expect((await send('PATCH', `${url}/api/rules/2004`, { shares: { '2401': 50, '2402': 30 } })).status).toBe(200);
    const after = await rule();
    for (let bucket = 0; bucket < 10_000; bucket += 1) {
      const ownerIn = (ranges = before?.trafficAllocation) =>
        ranges?.find(({ endOfRange }) => endOfRange > bucket)?.entityId;
      if (ownerIn()) expect(ownerIn(after?.trafficAllocation)).toBe(ownerIn());
    }
  });

  test('that must move users seen so far says how many and asks', async () => {
    await sendEvents(url, await revisionOf(url), seen(500));
    const before = await published();
    const change = { shares: { '2401': 50, '2402': 50 } };
    const asked = await send('PATCH', `${url}/api/rules/2004`, change);
    expect(asked.status).toBe(409);
    const { movedUsers, seenUsers, movedShare } = asked.body as unknown as MovePreview;
    expect(seenUsers).toBe(500);
    expect(movedShare).toBe(25);
    // A quarter of the buckets, and so about a quarter of the users.
    expect(Math.abs(movedUsers - 125)).toBeLessThan(50);
    expect(asked.body.error).toContain(`moves ${movedUsers} of 500 users`);
    expect(await published()).toEqual(before);
    expect((await send('PATCH', `${url}/api/rules/2004`, { ...change, allowMoves: true })).status).toBe(200);
  });
});
