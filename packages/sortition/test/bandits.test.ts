/** Contextual bandits from a decide call to the prediction service and the collector. */
import { createCmabSource } from '@sortition/cmab';
import type { CmabSource } from '@sortition/core';
import { createLabServer, createMemoryEventStore } from '@sortition/emulator';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createBatchEvents } from '../src/index.ts';
import { createShopClient } from './recording.ts';
import { shopDatafile } from './shop-datafile.ts';

afterEach(() => void vi.useRealTimers());

/** The shop, whose checkout test is a bandit that sees the plan. */
function banditDatafile() {
  const datafile = shopDatafile();
  const experiments = datafile.experiments.map((experiment) =>
    Reflect.get(experiment, 'id') === '101'
      ? { ...experiment, cmab: { attributeIds: ['401', 'unknown'], trafficAllocation: 10_000 } }
      : experiment,
  );
  return { ...datafile, experiments };
}

async function startShop(variationId: string | undefined = '1012') {
  const eventStore = createMemoryEventStore();
  const lab = await createLabServer({ eventStore, predict: () => variationId });
  onTestFinished(() => lab.close());
  const cmab = createCmabSource({ endpointTemplate: `${lab.url}/predict/%s` });
  const events = createBatchEvents({ endpoint: `${lab.url}/v1/events` });
  const client = createShopClient({ cmab, events }, banditDatafile());
  onTestFinished(async () => void (await client.close({ timeoutMs: 0 })));
  return { lab, client, arrived: () => [...eventStore.events.values()] };
}

test('a bandit decides what the service predicts, and the impression carries the id of the prediction', async () => {
  const { lab, client, arrived } = await startShop();
  const user = client.createUserContext('ada', { plan: 'pro', other: 1 });
  const decision = await user.decideAsync('checkout');
  expect(decision).toMatchObject({ variationKey: 'classic', ruleKey: 'checkout_test', enabled: false });
  await user.decideAsync('checkout');
  await client.flush();
  const [asked] = lab.predictions.requests.recent;
  const [{ cmabUUID, attributes } = { cmabUUID: '', attributes: [] }] = JSON.parse(asked?.body ?? '').instances;
  expect(lab.predictions.requests.count).toBe(1);
  expect(attributes).toEqual([{ id: '401', value: 'pro', type: 'custom_attribute' }]);
  expect(arrived().map((event) => event.decision?.cmabUuid)).toEqual([cmabUUID, cmabUUID]);
});

test.each([
  ['IGNORE_CMAB_CACHE', 2],
  ['RESET_CMAB_CACHE', 2],
  ['INVALIDATE_USER_CMAB_CACHE', 2],
  ['INCLUDE_REASONS', 1],
] as const)('the decide option %s makes %i requests of two calls', async (option, requests) => {
  const { lab, client } = await startShop();
  const user = client.createUserContext('ada');
  await user.decideAsync('checkout');
  await user.decideAsync('checkout', [option]);
  expect(lab.predictions.requests.count).toBe(requests);
});

test('a synchronous decide passes the bandit over and asks nobody', async () => {
  const { lab, client } = await startShop();
  const decision = client.createUserContext('ada').decide('checkout', ['INCLUDE_REASONS']);
  expect(decision.variationKey).toBeNull();
  expect(decision.reasons).toContain('CMAB is not supported in sync mode.');
  expect(lab.predictions.requests.count).toBe(0);
});

describe('a prediction that cannot be had', () => {
  test.each<[string, CmabSource['predict']]>([
    ['rejects', () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['resolves to nothing', async () => undefined as never],
    ['names no variation', async () => ({ variationId: 7, cmabUuid: 'x' }) as never],
  ])('because its source %s is an error decision with reasons, one problem, and no impression', async (_, predict) => {
    const recorded: unknown[] = [];
    const events = { record: (event: unknown) => void recorded.push(event) };
    const client = createShopClient({ cmab: { predict }, events }, banditDatafile());
    const decision = await client.createUserContext('ada').decideAsync('checkout');
    expect(decision).toMatchObject({ variationKey: null, ruleKey: null, enabled: false, variables: {} });
    expect(decision.reasons.at(-1)).toBe('Failed to fetch CMAB data for experiment checkout_test.');
    expect(client.stats().problems).toEqual({ 'prediction-failed': 1 });
    expect(recorded).toEqual([]);
  });

  test('because its source never answers ends after ten seconds', async () => {
    vi.useFakeTimers();
    const client = createShopClient({ cmab: { predict: () => new Promise(() => undefined) } }, banditDatafile());
    const deciding = client.createUserContext('ada').decideAsync('checkout');
    await vi.advanceTimersByTimeAsync(10_001);
    expect((await deciding).variationKey).toBeNull();
  });

  test('costs the other flags of the call nothing', async () => {
    const client = createShopClient({ cmab: { predict: () => Promise.reject(new Error('down')) } }, banditDatafile());
    const decisions = await client.createUserContext('ada').decideAllAsync();
    expect(Object.values(decisions).map((decision) => decision?.variationKey)).toEqual([
      null,
      expect.stringMatching(/left|right/),
      'off',
      null,
    ]);
  });
});
