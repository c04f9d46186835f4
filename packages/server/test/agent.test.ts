import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { createClient, createStaticConfig } from 'sortition';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createShop, SDK_KEY, type Shop } from './shop.ts';

let shop: Shop;
afterEach(() => shop?.close());

const ada = { userId: 'ada', userAttributes: { country: 'FR' } };
const robot = { userId: 'qa-robot' };

describe('POST /v1/decide', () => {
  it('answers one object for one key', async () => {
    shop = createShop();
    const { status, body } = await shop.ask('/v1/decide?keys=checkout', robot);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual([
      'variationKey',
      'enabled',
      'variables',
      'ruleKey',
      'flagKey',
      'userContext',
      'reasons',
      'isEveryoneElseVariation',
    ]);
    const decided = shop.client.createUserContext('qa-robot').decide('checkout');
    expect(body).toMatchObject({
      flagKey: 'checkout',
      variationKey: decided.variationKey,
      ruleKey: decided.ruleKey,
      enabled: decided.enabled,
      variables: decided.variables,
      userContext: { userId: 'qa-robot', attributes: {} },
      reasons: [],
      isEveryoneElseVariation: false,
    });
    expect(shop.recorded).toHaveLength(2);
  });

  it('names each user, however many are served the same', async () => {
    shop = createShop();
    const ask = async (body: object) => (await shop.ask('/v1/decide?keys=checkout', body)).body;
    const reasoned = await ask({ ...robot, decideOptions: ['INCLUDE_REASONS'] });
    const attributed = await ask({ ...robot, userAttributes: { country: 'FR' } });
    expect(reasoned.reasons).not.toEqual([]);
    expect(attributed).toMatchObject({
      reasons: [],
      userContext: { userId: 'qa-robot', attributes: { country: 'FR' } },
    });
    const hidden = await ask({ ...robot, decideOptions: ['EXCLUDE_VARIABLES'] });
    expect([hidden.variationKey, hidden.variables]).toEqual([attributed.variationKey, {}]);
    expect(attributed.variables).not.toEqual({});
  });

  it.each<[string, string[]]>([
    ['with', []],
    ['without', ['EXCLUDE_VARIABLES']],
  ])(
    'writes what is the same for all users once for each of many flags, %s variables',
    async (_what, decideOptions) => {
      const [flag] = SHOP_DATAFILE.featureFlags;
      const featureFlags = Array.from({ length: 40 }, (_, index) => ({
        ...flag,
        id: `many-${index}`,
        key: `many-${index}`,
      }));
      const datafile = JSON.stringify({ ...SHOP_DATAFILE, featureFlags });
      const client = createClient({ config: createStaticConfig({ datafile }), events: null, logger: false });
      shop = createShop({ project: { client } });
      const first = await shop.ask('/v1/decide', { ...robot, decideOptions });
      expect(first.body).toHaveLength(40);
      const writing = vi.spyOn(JSON, 'stringify');
      const second = await shop.ask('/v1/decide', { ...robot, decideOptions });
      const written = writing.mock.calls.filter(([value]) => Object.hasOwn(Object(value), 'variationKey'));
      writing.mockRestore();
      expect([second.body, written]).toEqual([first.body, []]);
      await client.close();
    },
  );

  it('answers a list for several keys, and for none', async () => {
    shop = createShop();
    const several = await shop.ask('/v1/decide?keys=checkout&keys=gift_wrap', ada);
    expect(several.body.map(({ flagKey }: { flagKey: string }) => flagKey)).toEqual(['checkout', 'gift_wrap']);
    const all = await shop.ask('/v1/decide', ada);
    expect(all.body.length).toBe(Object.keys(shop.client.getProjectInfo()?.flags ?? {}).length);
  });

  it('says whether the last delivery decided', async () => {
    shop = createShop();
    const { body } = await shop.ask('/v1/decide', { userId: 'someone' });
    const deliveries = shop.client.getProjectInfo()?.flags;
    for (const row of body) {
      const last = deliveries?.[row.flagKey]?.deliveryRules.at(-1)?.key;
      expect(row.isEveryoneElseVariation).toBe(row.ruleKey !== '' && row.ruleKey === last);
    }
  });

  it('takes decide options and forced decisions', async () => {
    shop = createShop();
    const { body } = await shop.ask('/v1/decide?keys=checkout', {
      ...ada,
      decideOptions: ['DISABLE_DECISION_EVENT', 'INCLUDE_REASONS'],
      forcedDecisions: [{ flagKey: 'checkout', ruleKey: 'checkout_redesign', variationKey: 'express' }],
    });
    expect(body.variationKey).toBe('express');
    expect(body.reasons.join()).toContain('forced decision map');
    expect(shop.recorded).toEqual([]);
  });

  it.each<[string, unknown, number, string]>([
    ['no user id', {}, 400, 'missing "userId" in request payload'],
    ['an empty user id', { userId: '' }, 400, 'missing "userId" in request payload'],
    ['a user id that is a number', { userId: 7 }, 400, '"userId" is not a text.'],
    [
      'a variable that was not set',
      { userId: 'undefined' },
      400,
      '"userId" is "undefined"; expected the id of a user.',
    ],
    ['an unknown option', { ...ada, decideOptions: ['NO'] }, 400, 'invalid option: NO'],
    ['attributes that are a list', { userId: 'ada', userAttributes: [] }, 400, '"userAttributes" is not an object.'],
    ['broken JSON', '{"userId":', 400, 'The body is not valid JSON.'],
    ['JSON that is a list', '[]', 400, 'The body is not a JSON object.'],
    ['segments without a platform', { ...ada, fetchSegments: true }, 500, 'failed to fetch qualified segments'],
  ])('refuses %s', async (_what, body, status, error) => {
    shop = createShop();
    expect(await shop.ask('/v1/decide?keys=checkout', body)).toMatchObject({ status, body: { error } });
  });

  it('refuses another content type, and a body that is too large', async () => {
    shop = createShop({ limits: { maxBodyBytes: 100 } });
    expect((await shop.ask('/v1/decide', ada, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await shop.ask('/v1/decide', { userId: 'a'.repeat(200) })).status).toBe(413);
  });

  it.each([{}, { 'content-length': '14' }])('refuses text in another encoding than UTF-8 (%j)', async (more) => {
    shop = createShop();
    const body = Uint8Array.from('{"userId":"\u00e9"}', (character) => character.charCodeAt(0));
    const headers = { 'x-optimizely-sdk-key': SDK_KEY, 'content-type': 'application/json', ...more };
    const request = new Request('http://127.0.0.1/v1/decide?keys=checkout', { method: 'POST', headers, body });
    const response = await shop.fetch(request);
    expect([response.status, await response.json()]).toEqual([400, { error: 'The body is not valid UTF-8.' }]);
  });

  it('needs the header that names the project, with or without the token that the agent takes behind it', async () => {
    shop = createShop();
    expect(await shop.ask('/v1/decide', ada, { 'x-optimizely-sdk-key': '' })).toMatchObject({
      status: 400,
      body: { error: 'missing required X-Optimizely-SDK-Key header' },
    });
    expect((await shop.ask('/v1/decide', ada, { 'x-optimizely-sdk-key': 'other' })).status).toBe(403);
    expect((await shop.ask('/v1/decide', ada, { 'x-optimizely-sdk-key': `${SDK_KEY}:token` })).status).toBe(200);
  });
});

describe('the older routes of the agent', () => {
  it('activates flags and experiments by key', async () => {
    shop = createShop();
    const { body } = await shop.ask('/v1/activate?featureKey=checkout&experimentKey=checkout_redesign', robot);
    expect(body).toMatchObject([
      {
        userId: 'qa-robot',
        experimentKey: 'checkout_redesign',
        featureKey: '',
        variationKey: 'express',
        type: 'experiment',
        enabled: true,
        error: '',
      },
      {
        userId: 'qa-robot',
        featureKey: 'checkout',
        experimentKey: 'checkout_redesign',
        variationKey: 'express',
        type: 'feature',
        enabled: true,
        error: '',
      },
    ]);
    expect(body[1]?.variables).toMatchObject({ steps: expect.any(Number) });
    expect(shop.recorded.length).toBe(2);
  });

  it('activates everything of a type, filters by enabled, and sends nothing when tracking is off', async () => {
    shop = createShop();
    const all = await shop.ask('/v1/activate?type=feature&disableTracking=true', ada);
    expect(all.body.length).toBe(Object.keys(shop.client.getProjectInfo()?.flags ?? {}).length);
    const enabled = await shop.ask('/v1/activate?type=feature&disableTracking=true&enabled=true', ada);
    expect(enabled.body).toEqual(all.body.filter((row: { enabled: boolean }) => row.enabled));
    expect(shop.recorded).toEqual([]);
  });

  it('answers unknown keys as rows with an error, and refuses an unknown type', async () => {
    shop = createShop();
    const { body } = await shop.ask('/v1/activate?featureKey=no&experimentKey=none', ada);
    expect(body.map(({ error }: { error: string }) => error)).toEqual([
      'experimentKey not found',
      'featureKey not found',
    ]);
    expect(await shop.ask('/v1/activate?type=other', ada)).toMatchObject({
      status: 400,
      body: { error: 'type "other" not supported' },
    });
  });

  it('tracks events', async () => {
    shop = createShop();
    const answer = await shop.ask('/v1/track?eventKey=purchase', { ...ada, eventTags: { revenue: 100 } });
    expect(answer).toMatchObject({ status: 200, body: { userId: 'ada', eventKey: 'purchase', error: '' } });
    expect(shop.recorded).toMatchObject([{ type: 'conversion', eventKey: 'purchase', tags: { revenue: 100 } }]);
    expect((await shop.ask('/v1/track?eventKey=no', ada)).body.error).toContain('no');
    expect((await shop.ask('/v1/track', ada)).status).toBe(400);
  });

  it('shows the project and its datafile', async () => {
    shop = createShop();
    const { body } = await shop.ask('/v1/config');
    expect(Object.keys(body)).toEqual([
      'environmentKey',
      'sdkKey',
      'revision',
      'experimentsMap',
      'featuresMap',
      'attributes',
      'audiences',
      'events',
    ]);
    expect(body).toHaveProperty(
      'featuresMap.checkout.experimentsMap.checkout_redesign.variationsMap.express.featureEnabled',
      true,
    );
    expect((await shop.ask('/v1/datafile')).body.revision).toBe(body.revision);
  });

  it('looks stored assignments up, and saves them', async () => {
    shop = createShop();
    expect((await shop.ask('/v1/lookup', { userId: 'ada' })).body).toEqual({ userId: 'ada', experimentBucketMap: {} });
    const saved = await shop.ask('/v1/save', {
      userId: 'ada',
      experimentBucketMap: { 2001: { variation_id: '20013' } },
    });
    expect(saved.status).toBe(200);
    expect((await shop.ask('/v1/lookup', { userId: 'ada' })).body.experimentBucketMap).toEqual({
      2001: { variation_id: '20013' },
    });
    await shop.ask('/v1/save', { userId: 'ada', experimentBucketMap: { 2001: { variation_id: '20012' } } });
    expect((await shop.ask('/v1/lookup', { userId: 'ada' })).body.experimentBucketMap).toEqual({
      2001: { variation_id: '20012' },
    });
    expect((await shop.ask('/v1/save', { userId: 'ada', experimentBucketMap: { 1: 2 } })).status).toBe(400);
  });

  it('answers 500 for stored assignments without a store', async () => {
    shop = createShop({ project: { profiles: undefined } });
    expect((await shop.ask('/v1/lookup', { userId: 'ada' })).status).toBe(500);
  });

  it('overrides a variation, tells of the one before, and removes it', async () => {
    const entries = new Map<string, string>();
    shop = createShop({
      overrides: {
        getItem: (key) => entries.get(key),
        setItem: (key, value) => entries.set(key, value),
        removeItem: (key) => entries.delete(key),
      },
    });
    const body = { userId: 'ada', experimentKey: 'checkout_redesign', variationKey: 'express' };
    expect((await shop.ask('/v1/override', body)).body).toEqual({ ...body, prevVariationKey: '', messages: [] });
    expect((await shop.ask('/v1/decide?keys=checkout', ada)).body.variationKey).toBe('express');
    expect((await shop.ask('/v1/activate?experimentKey=checkout_redesign', ada)).body[0]?.variationKey).toBe('express');
    const removed = await shop.ask('/v1/override', { ...body, variationKey: '' });
    expect(removed.body).toMatchObject({ variationKey: '', prevVariationKey: 'express' });
    expect(entries.size).toBe(0);
    expect((await shop.ask('/v1/override', { ...body, variationKey: 'no' })).body.messages).toEqual([
      'variationKey not found in configuration',
    ]);
  });

  it('refuses overrides without a store', async () => {
    shop = createShop();
    expect((await shop.ask('/v1/override', { userId: 'ada', experimentKey: 'e', variationKey: 'v' })).status).toBe(403);
  });

  it.each([
    [{ identifiers: { vuid: 'v' } }, 400],
    [{ action: 'view', identifiers: {} }, 400],
    [{ action: 'view', identifiers: { vuid: 1 } }, 400],
    [{ action: 'view', identifiers: { vuid: 'v' } }, 200],
  ])('takes the platform event %j with status %i', async (body, status) => {
    shop = createShop();
    expect((await shop.ask('/v1/send-odp-event', body)).status).toBe(status);
  });
});

describe('POST /v1/batch', () => {
  it('runs each operation, and counts those that failed', async () => {
    shop = createShop();
    const { body } = await shop.ask('/v1/batch', {
      operations: [
        { method: 'POST', url: '/v1/decide', operationID: '1', parameters: { keys: ['checkout'] }, body: robot },
        { method: 'GET', url: '/v1/config', operationID: '2' },
        { method: 'POST', url: '/v1/decide', operationID: '3', body: {} },
        { method: 'GET', url: '/v1/config', operationID: '4', headers: { 'X-Optimizely-SDK-Key': 'other' } },
      ],
    });
    expect(body.errorCount).toBe(2);
    expect(body.response.map(({ status }: { status: number }) => status)).toEqual([200, 200, 400, 403]);
    expect(body.response[0]).toMatchObject({
      operationID: '1',
      method: 'POST',
      url: '/v1/decide',
      body: { variationKey: 'express' },
    });
    expect(body.response[0]?.requestID).not.toBe(body.response[1]?.requestID);
  });

  it('[SRV-04] refuses a batch that is too long, malformed, or asks for itself', async () => {
    shop = createShop({ limits: { maxBatch: 1 } });
    const operation = { method: 'GET', url: '/v1/config', operationID: '1' };
    expect((await shop.ask('/v1/batch', { operations: [operation, operation] })).status).toBe(422);
    expect((await shop.ask('/v1/batch', { operations: 'all' })).status).toBe(400);
    expect((await shop.ask('/v1/batch', { operations: [{ ...operation, url: '/v1/batch' }] })).status).toBe(400);
    expect((await shop.ask('/v1/batch', { operations: [{ ...operation, url: 'http://elsewhere/' }] })).status).toBe(
      400,
    );
  });
});

describe('GET /v1/notifications/event-stream', () => {
  async function read(response: Response, until: RegExp): Promise<string> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (reader && !until.test(text)) text += (await reader.read()).value ?? '';
    await reader?.cancel();
    return text;
  }
  const open = (headers: Record<string, string> = {}, query = '') =>
    shop.fetch(
      new Request(`http://127.0.0.1/v1/notifications/event-stream${query}`, {
        headers: { 'x-optimizely-sdk-key': SDK_KEY, ...headers },
      }),
    );

  it('[SRV-14] tells of decisions and conversions, with hashed user ids and without attributes', async () => {
    shop = createShop({ notifications: true });
    const stream = await open();
    await shop.ask('/v1/decide?keys=checkout', ada);
    await shop.ask('/v1/track?eventKey=purchase', ada);
    const text = await read(stream, /event: track[\s\S]*\n\n/);
    expect(text).toContain('event: decision\n');
    expect(text).toContain('"flagKey":"checkout"');
    expect(text).not.toContain('"ada"');
    expect(text).not.toContain('FR');
  });

  it('names users when it was told to, and leaves out what the filter does not name', async () => {
    shop = createShop({ notifications: true, notificationUsers: 'full' });
    const stream = await open({}, '?filter=track');
    await shop.ask('/v1/decide?keys=checkout', ada);
    await shop.ask('/v1/track?eventKey=purchase', ada);
    const text = await read(stream, /event: track[\s\S]*\n\n/);
    expect(text).toContain('"ID":"ada"');
    expect(text).not.toContain('event: decision');
    expect((await open({}, '?filter=other')).status).toBe(400);
  });

  it('goes on behind the last event that a subscriber saw', async () => {
    shop = createShop({ notifications: true });
    const first = await open();
    for (const key of ['checkout', 'gift_wrap', 'vip_banner']) await shop.ask(`/v1/decide?keys=${key}`, ada);
    const seen = await read(first, /gift_wrap/);
    const ids = [...seen.matchAll(/^id: (.+)$/gm)].map(([, id]) => id as string);
    const text = await read(await open({ 'last-event-id': ids[0] as string }), /vip_banner/);
    expect(text).not.toContain('"flagKey":"checkout"');
    expect(text).toContain('gift_wrap');
  });

  it('[SRV-05] is refused unless it is enabled, and beyond the number of streams', async () => {
    shop = createShop();
    expect((await open()).status).toBe(403);
    await shop.close();
    shop = createShop({ notifications: true, limits: { maxStreams: 1 } });
    const first = await open();
    const second = await open();
    expect(second.status).toBe(429);
    expect(second.headers.get('retry-after')).toBe('1');
    await first.body?.cancel();
    expect((await open()).status).toBe(200);
  });
});
