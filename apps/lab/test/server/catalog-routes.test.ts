import type { ShopDatafile } from '@sortition/emulator/shop-datafile';
import { describe, expect, test } from 'vitest';
import { get, runLab, send } from './running-lab.ts';

const { url } = await runLab();
const published = () => get<ShopDatafile>(`${url}/datafiles/lab.json`);

test('the datafile of the SDK key "lab" names the lab as ODP host and has five flags or more', async () => {
  const datafile = await get<Record<string, unknown>>(`${url}/datafiles/lab.json`);
  expect(datafile.sdkKey).toBe('lab');
  expect(datafile.sendFlagDecisions).toBe(true);
  expect(datafile.integrations).toEqual([expect.objectContaining({ key: 'odp', host: url })]);
  expect((datafile.featureFlags as unknown[]).length).toBeGreaterThanOrEqual(5);
  expect(await get(`${url}/api/datafile`)).toEqual({ datafile });
});

test('a change of a rule is published under the next revision', async () => {
  const before = await published();
  const trafficAllocation = [{ entityId: '2103', endOfRange: 10_000 }];
  const changed = await send('PATCH', `${url}/api/rules/2001`, { trafficAllocation, status: 'Paused' });
  const revision = String(Number(before.revision) + 1);
  expect(changed).toEqual({ status: 200, body: { revision } });
  const after = await published();
  expect(after.revision).toBe(revision);
  expect(after.experiments.find(({ id }) => id === '2001')).toMatchObject({ trafficAllocation, status: 'Paused' });
});

test('rules of groups, deliveries and holdouts are found, and reset brings the original back', async () => {
  const original = await published();
  for (const ruleId of ['2003', '3202', '7001']) {
    const changed = await send('PATCH', `${url}/api/rules/${ruleId}`, { status: 'Paused' });
    expect(changed.status, ruleId).toBe(200);
  }
  const { body } = await send('POST', `${url}/api/reset`, {});
  expect(await published()).toEqual({ ...original, revision: body.revision });
  expect(Number(body.revision)).toBe(Number(original.revision) + 4);
});

test('a change of an audience is published', async () => {
  const conditions = ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'gold' }];
  const changed = await send('PATCH', `${url}/api/audiences/5001`, { name: 'Gold', conditions });
  expect(changed.status).toBe(200);
  expect((await published()).typedAudiences.find(({ id }) => id === '5001')).toEqual({
    id: '5001',
    name: 'Gold',
    conditions,
  });
});

describe('[LAB-01] a change that no client could use is refused, says why and publishes nothing', () => {
  const range = { entityId: '2101', endOfRange: 5_000 };
  test.each<[string, string, unknown, number, RegExp]>([
    ['a rule that does not exist', 'rules/none', { status: 'Paused' }, 404, /no rule/],
    ['an audience that does not exist', 'audiences/none', { conditions: ['or'] }, 404, /no audience/],
    ['no JSON', 'rules/2001', '{', 400, /expected an object/],
    ['an array', 'rules/2001', [], 400, /expected an object/],
    ['nothing to change', 'rules/2001', {}, 400, /expected an object/],
    ['a field that is not to be changed', 'rules/2001', { id: '1' }, 400, /expected an object/],
    ['a prototype', 'rules/2001', '{"__proto__":{"status":"Paused"}}', 400, /expected an object/],
    ['another status', 'rules/2001', { status: 'Archived' }, 400, /"status" must be/],
    ['ranges that are no array', 'rules/2001', { trafficAllocation: {} }, 400, /must be an array/],
    ['a range without an end', 'rules/2001', { trafficAllocation: [{ entityId: '2101' }] }, 400, /whole ends/],
    ['an end above 10,000', 'rules/2001', { trafficAllocation: [{ ...range, endOfRange: 10_001 }] }, 400, /whole ends/],
    ['a fraction', 'rules/2001', { trafficAllocation: [{ ...range, endOfRange: 0.5 }] }, 400, /whole ends/],
    ['descending ends', 'rules/2001', { trafficAllocation: [range, { ...range, endOfRange: 1 }] }, 400, /descend/],
    [
      'a variation of another rule',
      'rules/2001',
      { trafficAllocation: [{ ...range, entityId: '2301' }] },
      400,
      /"2301"/,
    ],
    ['a split of a bandit', 'rules/2007', { trafficAllocation: [] }, 400, /predictions decide/],
    ['conditions that are no array', 'rules/2001', { audienceConditions: 'all' }, 400, /must be an array/],
    ['an unknown audience', 'rules/2001', { audienceConditions: ['or', 'nobody'] }, 400, /nobody/],
    ['an empty name', 'audiences/5001', { name: ' ' }, 400, /"name"/],
    ['conditions that are a text', 'audiences/5001', { conditions: 'all' }, 400, /must be an array/],
  ])('%s', async (_what, path, body, status, reason) => {
    const before = await published();
    const refused = await send('PATCH', `${url}/api/${path}`, body);
    expect(refused).toEqual({ status, body: { error: expect.stringMatching(reason) } });
    expect(await published()).toEqual(before);
  });
});

test('[LAB-02] a write of another content type than JSON is refused', async () => {
  const refused = await send('PATCH', `${url}/api/rules/2001`, { status: 'Paused' }, { contentType: 'text/plain' });
  expect(refused).toEqual({ status: 415, body: { error: expect.stringContaining('application/json') } });
});

test('a path that does not exist is 404 with a reason', async () => {
  expect(await send('POST', `${url}/api/nothing`, {})).toEqual({ status: 404, body: { error: expect.any(String) } });
});
