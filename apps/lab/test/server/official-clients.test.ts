/** The vendors' own clients, told where the lab is and nothing else. */
import { Experiment } from '@amplitude/experiment-node-server';
import {
  createBatchEventProcessor,
  createInstance,
  createOdpManager,
  createPollingProjectConfigManager,
  eventDispatcher,
  type Client as OfficialClient,
} from '@optimizely/optimizely-sdk';
import { createCmabSource } from '@sortition/cmab';
import { createRandom, pickCustomer } from '@sortition/emulator/shop-customers';
import { createOdp } from '@sortition/odp';
import { createBatchEvents, createClient, createPollingConfig } from 'sortition';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { EventRow } from '../../src/api/event-row.ts';
import { get, runLab, send } from './running-lab.ts';

const lab = await runLab();
const { url } = lab;

const FLAGS = [
  'checkout',
  'free_shipping',
  'gift_wrap',
  'promotion',
  'recommendations',
  'search_ranking',
  'vip_banner',
];

/** Clients send in the background. */
const POLL = { timeout: 30_000 };

/** Users of every kind: a few segments, each plan, and a bucket of their own. */
const random = createRandom(3);
const users = Array.from({ length: 150 }, (_, index) => {
  return { userId: `user-${index}`, attributes: { ...pickCustomer(random) }, isVip: index % 5 === 0 };
});

function createOfficialClient(): OfficialClient {
  return createInstance({
    projectConfigManager: createPollingProjectConfigManager({ sdkKey: 'lab', urlTemplate: `${url}/datafiles/%s.json` }),
    eventProcessor: createBatchEventProcessor({
      flushInterval: 100,
      eventDispatcher: {
        dispatchEvent: (event) => eventDispatcher.dispatchEvent({ ...event, url: `${url}/v1/events` }),
      },
    }),
    odpManager: createOdpManager({ eventFlushInterval: 100 }),
    cmab: { predictionEndpointTemplate: `${url}/predict/%s` },
  });
}

function createOurClient() {
  return createClient({
    config: createPollingConfig({ sdkKey: 'lab', urlTemplate: `${url}/datafiles/%s.json`, updates: 'manual' }),
    events: createBatchEvents({ endpoint: `${url}/v1/events`, batchSize: 50 }),
    odp: createOdp({ allowedHosts: ['127.0.0.1'] }),
    cmab: createCmabSource({ endpointTemplate: `${url}/predict/%s` }),
  });
}

describe('the official Optimizely client', () => {
  let official: OfficialClient;
  const ours = createOurClient();

  beforeAll(async () => {
    official = createOfficialClient();
    for (const { userId, isVip } of users) if (isVip) lab.server.odp.setSegments(userId, ['vip']);
    await Promise.all([official.onReady(), ours.ready()]);
  });
  afterAll(() => Promise.all([official.close(), ours.close()]));

  test('decides as ours does, segments and predictions included', async () => {
    const outcomes = new Set<string>();
    for (const { userId, attributes } of users) {
      const their = official.createUserContext(userId, attributes);
      const our = ours.createUserContext(userId, attributes);
      expect(await their.fetchQualifiedSegments()).toBe(true);
      expect(await our.fetchQualifiedSegments()).toBe(true);
      expect(our.qualifiedSegments).toEqual(their.qualifiedSegments);
      const theirDecisions = await their.decideAllAsync();
      const ourDecisions = await our.decideAllAsync();
      expect(Object.keys(ourDecisions).sort()).toEqual(FLAGS);
      for (const flagKey of FLAGS) {
        const { variationKey, ruleKey, enabled, variables } = theirDecisions[flagKey] ?? {};
        expect(ourDecisions[flagKey], `${flagKey} of ${userId}`).toMatchObject({
          variationKey,
          ruleKey,
          enabled,
          variables,
        });
        outcomes.add(`${flagKey}:${ruleKey}:${variationKey}`);
      }
    }
    // Equal because both decide, not because both answer nothing.
    expect([...outcomes]).toEqual(
      expect.arrayContaining([
        'checkout:checkout_redesign:express',
        'free_shipping:big_carts_in_europe:on',
        'promotion:promotion_bandit:voucher',
        'promotion:promotion_bandit:free_gift',
        'search_ranking:ranking_model:semantic',
        'vip_banner:vip_banner_for_vips:on',
        'gift_wrap:holdout_this_quarter:off',
      ]),
    );
  });

  test('delivers impressions and conversions that the collector keeps', async () => {
    await send('DELETE', `${url}/api/events`, {});
    const user = official.createUserContext('katherine', { plan: 'gold', country: 'DE' });
    user.decide('checkout');
    user.trackEvent('purchase', { revenue: 4_200 });
    const kept = async () =>
      (await get<EventRow[]>(`${url}/api/events`)).filter(({ userId }) => userId === 'katherine');
    await expect
      .poll(kept, POLL)
      .toEqual([
        expect.objectContaining({ kind: 'conversion', eventKey: 'purchase', revenue: 4_200 }),
        expect.objectContaining({ kind: 'impression', flagKey: 'checkout', variationKey: 'one_page' }),
      ]);
    expect(lab.server.events.refusedBatches).toBe(0);
  });

  test('sends ODP events to the host the datafile names', async () => {
    official.sendOdpEvent('viewed', 'shop', new Map([['email', 'ada@example.com']]), new Map([['page', 'start']]));
    await expect
      .poll(() => lab.server.odp.events, POLL)
      .toContainEqual(expect.objectContaining({ type: 'shop', action: 'viewed' }));
  });
});

describe('the official Amplitude client', () => {
  const connect = (deploymentKey: string) =>
    Experiment.initializeRemote(deploymentKey, { serverUrl: url, fetchRetries: 0 });

  test('fetches what the datafile decides, for the same users', async () => {
    const client = connect('lab');
    const ours = createOurClient();
    onTestFinished(async () => void (await ours.close()));
    await ours.ready();
    for (const { userId, attributes } of users.slice(0, 20)) {
      const variants = await client.fetchV2({ user_id: userId, user_properties: attributes });
      const user = ours.createUserContext(userId, attributes);
      user.qualifiedSegments = lab.server.odp.segments(userId);
      expect(Object.keys(variants).sort()).toEqual(FLAGS);
      for (const flagKey of FLAGS.filter((key) => key !== 'promotion')) {
        const { variationKey, variables } = user.decide(flagKey, ['DISABLE_DECISION_EVENT']);
        const { key, value, payload } = variants[flagKey] ?? {};
        if (variationKey === null)
          expect(variants[flagKey]).toEqual({ key: 'off', metadata: { default: true, deployed: true } });
        else
          expect({ key, value, payload }, `${flagKey} of ${userId}`).toEqual({
            key: variationKey,
            value: variationKey,
            payload: variables,
          });
      }
    }
  });

  test('gets the flags it asks for, by device id as well', async () => {
    const variants = await connect('lab').fetchV2({ device_id: 'device-1' }, { flagKeys: ['free_shipping'] });
    expect(Object.keys(variants)).toEqual(['free_shipping']);
    expect(await connect('lab').fetchV2({ user_id: 'undefined' })).toEqual(await connect('lab').fetchV2({}));
  });

  test('gets what a bandit predicts', async () => {
    const { promotion } = await connect('lab').fetchV2({ user_id: 'ada' }, { flagKeys: ['promotion'] });
    expect(['voucher', 'free_gift']).toContain(promotion?.key);
    expect(promotion?.metadata).toEqual({ deployed: true, experimentKey: 'promotion_bandit' });
  });

  test('is refused without the deployment key', async () => {
    await expect(connect('other').fetchV2({ user_id: 'ada' })).rejects.toThrow('401');
    expect((await fetch(`${url}/sdk/v2/vardata`)).status).toBe(401);
  });
});
