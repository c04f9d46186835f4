/** Everything that can be created, changed, deleted, brought in and brought back, over HTTP as the page does it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseDatafile } from '@sortition/datafile';
import type { ShopDatafile } from '@sortition/emulator/shop-datafile';
import { createClient, createStaticConfig } from 'sortition';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Difference, VersionRow } from '../../src/api/history.ts';
import { get, revisionOf, runLab, send } from './running-lab.ts';

const { url } = await runLab();
const published = () => get<ShopDatafile>(`${url}/datafiles/lab.json`);
const done = async (method: string, path: string, body: unknown) => {
  const answer = await send(method, `${url}/api/${path}`, body);
  expect(answer, `${method} ${path}`).toMatchObject({ status: 200, body: { revision: expect.any(String) } });
};
const plan = (value: string) => ({ type: 'custom_attribute', name: 'plan', match: 'exact', value });

test('a flag is made from nothing, with variables, an experiment and a delivery, and decides as it says', async () => {
  await done('POST', 'attributes', { key: 'tier' });
  await done('POST', 'conversion-events', { key: 'signed_up' });
  await done('POST', 'audiences', {
    name: 'Paying, but not on trial',
    conditions: ['and', ['or', plan('gold'), plan('member')], ['not', { ...plan('trial'), name: 'tier' }]],
  });
  await done('POST', 'flags', { key: 'banner', variables: [{ key: 'text', type: 'string', defaultValue: 'Hello' }] });
  await done('POST', 'flags/banner/rules', { kind: 'delivery', key: 'banner_everyone' });
  await done('POST', 'flags/banner/rules', {
    kind: 'experiment',
    key: 'banner_test',
    variations: [
      { key: 'plain', featureEnabled: false },
      { key: 'loud', variables: { text: 'HELLO' } },
    ],
  });
  const datafile = await published();
  const audience = datafile.typedAudiences.at(-1);
  const rule = datafile.experiments.at(-1);
  const [plain, loud] = rule?.variations ?? [];
  await done('PATCH', `rules/${rule?.id}`, {
    audienceConditions: ['or', audience?.id],
    shares: { [String(plain?.id)]: 0, [String(loud?.id)]: 100 },
    allowList: { robot: 'plain' },
  });
  const current = await published();
  expect(parseDatafile(current).problems).toEqual([]);
  const client = createClient({ config: createStaticConfig({ datafile: current }), events: null, logger: false });
  const decide = (userId: string, attributes: Record<string, string>) => {
    const { variationKey, ruleKey, variables } = client.createUserContext(userId, attributes).decide('banner');
    return [ruleKey, variationKey, variables.text];
  };
  await send('PATCH', `${url}/api/rules/7001`, { status: 'Paused' });
  const inside = Array.from({ length: 50 }, (_, index) => decide(`user-${index}`, { plan: 'gold', tier: 'full' }));
  expect(inside).toContainEqual(['banner_test', 'loud', 'HELLO']);
  expect(inside).not.toContainEqual(['banner_test', 'plain', 'Hello']);
  expect(decide('user-1', { plan: 'gold', tier: 'trial' }).at(0)).not.toBe('banner_test');
  expect(decide('robot', {})).toEqual(['banner_test', 'plain', 'Hello']);
  await client.close();
});

test('rules are ordered, flags renamed, variables and variations taken away', async () => {
  const deliveries = async () => (await published()).rollouts[1]?.experiments.map(({ id }) => id);
  expect(await deliveries()).toEqual(['3201', '3202', '3203']);
  await done('PATCH', 'flags/free_shipping', { ruleOrder: ['3202', '3201', '3203'] });
  expect(await deliveries()).toEqual(['3202', '3201', '3203']);
  await done('PATCH', 'flags/free_shipping', { key: 'shipping', variables: [] });
  const { featureFlags, rollouts } = await published();
  expect(featureFlags[1]).toMatchObject({ id: '1002', key: 'shipping', variables: [] });
  expect(JSON.stringify(rollouts[1])).not.toContain('1201');
  await done('PATCH', 'rules/2001', {
    variations: [
      { id: '2101', key: 'classic' },
      { id: '2103', key: 'fast' },
    ],
  });
  const rule = (await published()).experiments[0];
  expect(rule?.variations.map(({ id, key }) => [id, key])).toEqual([
    ['2101', 'classic'],
    ['2103', 'fast'],
  ]);
  // The others keep their buckets, and what was one_page's is free.
  expect(rule?.trafficAllocation).toEqual([
    { entityId: '2101', endOfRange: 5_000 },
    { entityId: '', endOfRange: 8_000 },
    { entityId: '2103', endOfRange: 10_000 },
  ]);
});

test('what is deleted leaves nothing behind that refers to it', async () => {
  await done('DELETE', 'flags/recommendations', {});
  await done('DELETE', 'flags/checkout', {});
  await done('DELETE', 'rules/3201', {});
  await done('DELETE', 'rules/7001', {});
  await done('DELETE', 'conversion-events/add_to_cart', {});
  await done('DELETE', 'audiences/5003', {});
  const datafile = await published();
  expect(parseDatafile(datafile).problems).toEqual([]);
  const text = JSON.stringify(datafile);
  for (const id of ['"2001"', '"2003"', '"3201"', '"7001"', '"5003"', '"3001"']) expect(text).not.toContain(id);
});

test('a holdout is made and keeps its share of users out', async () => {
  await done('POST', 'holdouts', { key: 'quiet', share: 12.5 });
  expect((await published()).holdouts.at(-1)).toMatchObject({
    key: 'quiet',
    trafficAllocation: [{ entityId: '$opt_dummy_variation_id', endOfRange: 1_250 }],
  });
});

describe('[LAB-01] an edit that no client could use is refused, says why and publishes nothing', () => {
  const audience = (conditions: unknown) => ({ name: 'A', conditions });
  test.each<[string, string, string, unknown, number, RegExp]>([
    ['a flag that exists', 'POST', 'flags', { key: 'checkout' }, 400, /already/],
    ['a flag without a key', 'POST', 'flags', { key: '' }, 400, /"key" must be/],
    ['a key with a space', 'POST', 'flags', { key: 'a b' }, 400, /"key" must be/],
    [
      'a variable of no type',
      'POST',
      'flags',
      { key: 'x', variables: [{ key: 'v', type: 'date', defaultValue: '' }] },
      400,
      /"type"/,
    ],
    [
      'a default of another type',
      'POST',
      'flags',
      { key: 'x', variables: [{ key: 'v', type: 'integer', defaultValue: 'x' }] },
      400,
      /not of type/,
    ],
    [
      'a rule of a flag that does not exist',
      'POST',
      'flags/none/rules',
      { kind: 'delivery', key: 'x' },
      404,
      /no flag/,
    ],
    ['a rule of no kind', 'POST', 'flags/checkout/rules', { kind: 'holdout', key: 'x' }, 400, /"kind"/],
    [
      'a rule whose key is taken',
      'POST',
      'flags/checkout/rules',
      { kind: 'delivery', key: 'gift_wrap_test' },
      400,
      /already/,
    ],
    ['shares above 100 %', 'PATCH', 'rules/2001', { shares: { '2101': 60, '2102': 60 } }, 400, /120/],
    ['a share of another rule', 'PATCH', 'rules/2001', { shares: { '2301': 60 } }, 400, /2301/],
    ['no variations', 'PATCH', 'rules/2001', { variations: [] }, 400, /one or more/],
    [
      'an allow-list with an unknown variation',
      'PATCH',
      'rules/2001',
      { allowList: { ada: 'none' } },
      400,
      /does not have/,
    ],
    ['an order that forgets a rule', 'PATCH', 'flags/free_shipping', { ruleOrder: ['3201'] }, 400, /ruleOrder/],
    ['an audience without conditions', 'POST', 'audiences', audience([]), 400, /matches no user/],
    ['an unknown operator', 'POST', 'audiences', audience(['xor', plan('a'), plan('b')]), 400, /operator "xor"/],
    ['an unknown match', 'POST', 'audiences', audience(['or', { ...plan('a'), match: 'regex' }]), 400, /"regex"/],
    [
      'an unknown attribute',
      'POST',
      'audiences',
      audience(['or', { ...plan('a'), name: 'shoe_size' }]),
      400,
      /"shoe_size"/,
    ],
    ['an audience that is used', 'DELETE', 'audiences/5001', {}, 400, /checkout_redesign/],
    ['an attribute that is compared', 'DELETE', 'attributes/plan', {}, 400, /"plan"/],
    ['an import of nothing', 'POST', 'import', {}, 400, /expected/],
    ['an import of another document', 'POST', 'import', { datafile: { name: 'x' } }, 400, /version/],
    ['an import from nowhere', 'POST', 'import', { url: 'http://127.0.0.1:1/x.json' }, 400, /could not be read/],
    ['an import from a file address', 'POST', 'import', { url: 'file:///etc/passwd' }, 400, /not an http/],
    ['a restore of what never was', 'POST', 'restore', { revision: '1' }, 404, /never published/],
  ])('%s', async (_what, method, path, body, status, reason) => {
    const before = await published();
    const refused = await send(method, `${url}/api/${path}`, body);
    expect(refused).toMatchObject({ status, body: { error: expect.stringMatching(reason) } });
    expect(await published()).toEqual(before);
  });
});

describe('import and export', () => {
  test('bring a whole lab back: flags, segments and faults', async () => {
    await send('PUT', `${url}/api/users/ada/segments`, { segments: ['vip'] });
    await send('POST', `${url}/__chaos`, { endpoint: 'events', faults: [{ kind: 'latency', ms: 5 }] });
    await done('POST', 'flags', { key: 'only_here' });
    const lab = await get<Record<string, unknown>>(`${url}/api/export`);
    await done('POST', 'reset', {});
    await send('PUT', `${url}/api/users/ada/segments`, { segments: [] });
    await send('POST', `${url}/__chaos`, { endpoint: '*', faults: [] });
    await done('POST', 'import', { lab });
    expect((await published()).featureFlags.at(-1)?.key).toBe('only_here');
    expect(await get(`${url}/api/users/ada/segments`)).toEqual({ segments: ['vip'] });
    expect(await get(`${url}/__chaos`)).toEqual({ events: [{ kind: 'latency', ms: 5 }] });
  });

  test('take a datafile from where it is published, and say what is wrong with it', async () => {
    const document = { ...(await published()), typedAudiences: [], revision: 'abc' };
    const server = createServer((_, response) => response.end(JSON.stringify(document))).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/datafile.json`;
    const revision = String(Number(await revisionOf(url)) + 1);
    const imported = await send('POST', `${url}/api/import`, { url: address });
    expect(imported).toMatchObject({ status: 200, body: { revision } });
    expect(imported.body.problems).toContainEqual(expect.stringContaining('"5001"'));
    expect(await published()).toEqual({ ...document, revision });
  });
});

describe('history', () => {
  test('has each revision with its difference, and restores any of them', async () => {
    const before = await published();
    await done('PATCH', 'rules/2001', { status: 'Paused' });
    await done('DELETE', 'flags/checkout', {});
    const [newest, second] = await get<VersionRow[]>(`${url}/api/history?limit=2`);
    expect([newest?.summary, second?.summary]).toEqual(['Deleted flag checkout', 'Paused checkout_redesign']);
    const compare = async (from = '', to = '') =>
      (await get<{ differences: Difference[] }>(`${url}/api/compare?from=${from}&to=${to}`)).differences;
    expect(await compare(second?.revision, newest?.revision)).toEqual(
      expect.arrayContaining([
        { kind: 'flag', name: 'checkout', change: 'removed', fields: [] },
        { kind: 'experiment', name: 'checkout_redesign', change: 'removed', fields: [] },
        { kind: 'delivery', name: 'checkout_everyone', change: 'removed', fields: [] },
      ]),
    );
    await done('POST', 'restore', { revision: before.revision });
    expect({ ...(await published()), revision: before.revision }).toEqual(before);
    expect(await compare(before.revision, await revisionOf(url))).toEqual([]);
    expect(await get(`${url}/api/history/${before.revision}`)).toEqual({ datafile: before });
    const older = await get<VersionRow[]>(`${url}/api/history?before=${second?.revision}&limit=1`);
    expect(Number(older[0]?.revision)).toBeLessThan(Number(second?.revision));
  });
});

test('events are found by user, flag, variation, event and time, however many came after them', async () => {
  const { conversion, impression, sendEvents } = await import('./wire-events.ts');
  const revision = await revisionOf(url);
  await sendEvents(url, revision, [
    impression({ ruleId: '2001', variationId: '2101', visitorId: 'needle' }),
    conversion({ visitorId: 'needle' }),
  ]);
  await sendEvents(
    url,
    revision,
    Array.from({ length: 1_500 }, (_, index) => conversion({ visitorId: `hay${index}`, eventKey: 'add_to_cart' })),
  );
  const found = async (query: string) =>
    (await get<{ userId: string }[]>(`${url}/api/events?${query}`)).map(({ userId }) => userId);
  expect(await found('user=needle')).toEqual(['needle', 'needle']);
  expect(await found('q=NEED%20purchase')).toEqual(['needle']);
  expect(await found('flag=f&variation=v&rule=r')).toEqual(['needle']);
  expect(await found('event=purchase')).toEqual(['needle']);
  expect(await found('kind=impression')).toEqual(['needle']);
  expect(await found(`until=${Date.now() - 3_600_000}`)).toEqual([]);
  expect((await found(`from=${Date.now() - 3_600_000}&limit=1000`)).length).toBe(1_000);
  const [last] = (await get<{ seq: number }[]>(`${url}/api/events?limit=1000`)).slice(-1);
  expect((await found(`before=${last?.seq}&limit=1000`)).length).toBe(502);
});
