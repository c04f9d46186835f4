/** Shadow mode: the official client answers, a client of ours is asked behind it. */
import * as official from '@optimizely/optimizely-sdk';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as ours from '../src/node.ts';
import { createShadow, formatShadowReport, readShadowReport, type ShadowDifference } from '../src/node.ts';
import * as oursV5 from '../src/v5/node.ts';
import { shopDatafile } from './shop-datafile.ts';

type Client = official.Client;

const OTHER_SPLIT = [
  { entityId: '52', endOfRange: 5000 },
  { entityId: '51', endOfRange: 10000 },
];

/** The shop with the two variations of its experiment the other way round. */
function otherDatafile(changes: object = {}): string {
  const shop = JSON.parse(shopDatafile());
  shop.experiments[0].trafficAllocation = OTHER_SPLIT;
  return JSON.stringify({ ...shop, ...changes });
}

function officialClient(datafile = shopDatafile(), config: object = {}): Client {
  return official.createInstance({
    projectConfigManager: official.createStaticProjectConfigManager({ datafile }),
    ...config,
  });
}

function ourClient(datafile = shopDatafile(), config: object = {}): Client {
  const projectConfigManager = ours.createStaticProjectConfigManager({ datafile });
  return ours.createInstance({ projectConfigManager, ...config }) as unknown as Client;
}

function shadow(options: Partial<Parameters<typeof createShadow<Client>>[0]> = {}) {
  const found: ShadowDifference[] = [];
  const client = createShadow({
    primary: officialClient(),
    candidate: ourClient(),
    onDifference: (difference) => void found.push(difference),
    ...options,
  });
  return { client, found };
}

/** Every call that is compared, for one user. */
async function askEverything(client: Client, userId: string): Promise<unknown[]> {
  const attributes = { plan: 'pro' };
  const user = client.createUserContext(userId, attributes);
  user.qualifiedSegments = ['a'];
  const answers: unknown[] = [
    user.decide('checkout', ['INCLUDE_REASONS' as never]),
    user.decide('banner', ['ENABLED_FLAGS_ONLY' as never]),
    user.decideForKeys(['checkout', 'nope']),
    user.decideAll(),
    await user.decideAsync('checkout'),
    await user.decideForKeysAsync(['banner']),
    await user.decideAllAsync(),
    client.activate('checkout_test', userId, attributes),
    client.getVariation('no_flag_test', userId),
    client.isFeatureEnabled('checkout', userId, attributes),
    client.getEnabledFeatures(userId),
    client.getFeatureVariable('checkout', 'theme', userId),
    client.getFeatureVariableInteger('checkout', 'steps', userId, attributes),
    client.getAllFeatureVariables('checkout', userId),
    client.setForcedVariation('checkout_test', userId, 'long'),
    client.getVariation('checkout_test', userId),
    user.setForcedDecision({ flagKey: 'checkout' }, { variationKey: 'short' }),
    user.decide('checkout'),
    user.removeForcedDecision({ flagKey: 'checkout' }),
    user.decide('checkout'),
  ];
  user.setAttribute('plan', 'free');
  return [...answers, user.decide('checkout'), user.getAttributes(), user.getUserId(), user.isQualifiedFor('a')];
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a shadow', () => {
  it('answers what the primary answers, with its objects, and finds nothing where the two agree', async () => {
    const { client, found } = shadow();
    for (let user = 0; user < 50; user += 1) await askEverything(client, `user${user}`);
    await client.shadowSettled();
    expect(found).toEqual([]);
    expect(client.shadowStats()).toMatchObject({ compared: 50 * 18, leftOut: 0, differences: 0, skipped: 0 });
    const primary = officialClient();
    const decision = primary.createUserContext('ada').decide('checkout');
    const wrapped = createShadow({ primary, candidate: ourClient(), onDifference: () => undefined });
    expect({ ...wrapped.createUserContext('ada').decide('checkout'), userContext: null }).toEqual({
      ...decision,
      userContext: null,
    });
    expect(wrapped.notificationCenter).toBe(primary.notificationCenter);
    expect(wrapped.getOptimizelyConfig()).toBe(primary.getOptimizelyConfig());
  });

  it('reports a difference with both decisions, the steps to ours, the revisions and its kind', async () => {
    const { client, found } = shadow({ candidate: ourClient(otherDatafile({ revision: '8' })) });
    client.createUserContext('ada', { plan: 'pro' }).decide('checkout');
    expect(found).toEqual([]); // not before the answer
    await client.shadowSettled();
    expect(found).toEqual([
      {
        at: expect.any(Number),
        kind: 'variation',
        call: 'decide',
        key: 'checkout',
        userId: 'ada',
        attributes: { plan: 'pro' },
        primary: { variationKey: 'long', enabled: false, ruleKey: 'checkout_test', variables: expect.any(Object) },
        candidate: { variationKey: 'short', enabled: true, ruleKey: 'checkout_test', variables: expect.any(Object) },
        primaryRevision: '7',
        candidateRevision: '8',
        explanation: expect.arrayContaining([expect.objectContaining({ code: 'experiment-variation' })]),
      },
    ]);
    expect(client.shadowStats()).toMatchObject({ compared: 1, differences: 1, byKind: { variation: 1 } });
  });

  it.each([
    ['decideForKeys', (client: Client) => client.createUserContext('ada', { plan: 'pro' }).decideForKeys(['checkout'])],
    ['decideAll', (client: Client) => client.createUserContext('ada', { plan: 'pro' }).decideAll()],
    ['decideAsync', (client: Client) => client.createUserContext('ada', { plan: 'pro' }).decideAsync('checkout')],
    ['activate', (client: Client) => client.activate('checkout_test', 'ada', { plan: 'pro' })],
    ['isFeatureEnabled', (client: Client) => client.isFeatureEnabled('checkout', 'ada', { plan: 'pro' })],
    ['getEnabledFeatures', (client: Client) => client.getEnabledFeatures('ada', { plan: 'pro' })],
    ['getFeatureVariable', (client: Client) => client.getFeatureVariable('checkout', 'steps', 'ada', { plan: 'pro' })],
  ])('compares %s', async (call, ask) => {
    const { client, found } = shadow({ candidate: ourClient(otherDatafile()) });
    await ask(client);
    await client.shadowSettled();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ call, userId: 'ada' });
  });

  it('decides for the user as they were, whatever the application does with them afterwards', async () => {
    const { client, found } = shadow();
    const user = client.createUserContext('ada', { plan: 'pro' });
    user.decide('checkout');
    user.setAttribute('plan', 'free');
    user.setForcedDecision({ flagKey: 'checkout' }, { variationKey: 'on' });
    await client.shadowSettled();
    expect(found).toEqual([]);
  });

  it('sends no events, writes no profiles, tells no listeners and asks no prediction service for the candidate', async () => {
    const touched: string[] = [];
    const touch = (what: string) => () => void touched.push(what);
    const fetch = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network'));
    const candidate = ourClient(shopDatafile(), {
      eventProcessor: ours.createForwardingEventProcessor({
        async dispatchEvent() {
          touched.push('event');
          return {};
        },
      }),
      userProfileService: { lookup: () => null, save: touch('save') },
      logger: ours.createLogger({ level: ours.DEBUG, logHandler: { log: touch('log') } }),
    });
    for (const type of Object.values(ours.NOTIFICATION_TYPES))
      candidate.notificationCenter.addNotificationListener(type, touch(type));
    const { client } = shadow({ candidate });
    await askEverything(client, 'ada');
    client.track('order', 'ada');
    client.createUserContext('ada').trackEvent('order');
    await client.shadowSettled();
    expect(client.shadowStats().compared).toBeGreaterThan(10);
    expect(touched).toEqual([]);
    expect(fetch).not.toHaveBeenCalled();
    expect(candidate.getForcedVariation('checkout_test', 'ada')).toBeNull();
  });

  it('never throws into the caller: a candidate that fails and a report that throws are counted', async () => {
    const failing = ourClient(shopDatafile(), {
      userProfileService: {
        lookup: () => ({
          get experiment_bucket_map() {
            throw new Error('hostile');
          },
        }),
        save: () => undefined,
      },
    });
    const { client } = shadow({
      candidate: failing,
      onDifference: () => {
        throw new Error('the log is full');
      },
    });
    expect(client.createUserContext('ada').decide('checkout').variationKey).toBe('on');
    const { client: reporting } = shadow({
      candidate: ourClient(otherDatafile()),
      onDifference: () => {
        throw new Error('the log is full');
      },
    });
    reporting.createUserContext('ada', { plan: 'pro' }).decide('checkout');
    await Promise.all([client.shadowSettled(), reporting.shadowSettled()]);
    expect(reporting.shadowStats()).toMatchObject({ differences: 1, reportsFailed: 1 });
  });

  it('passes on what the primary throws', () => {
    const { client } = shadow();
    expect(() => client.createUserContext(5 as never)).toThrow('Invalid identifier');
  });

  it('keeps its memory and its rate within bounds, and counts what it left out', async () => {
    const { client, found } = shadow({
      candidate: ourClient(otherDatafile()),
      maxPending: 10,
      maxReportsPerSecond: 3,
    });
    const user = client.createUserContext('ada', { plan: 'pro' });
    for (let call = 0; call < 100; call += 1) user.decide('checkout');
    await client.shadowSettled();
    expect(client.shadowStats()).toMatchObject({ compared: 10, leftOut: 90, differences: 10, unreported: 7 });
    expect(found).toHaveLength(3);
    const { client: slow } = shadow({ maxPerSecond: 5 });
    for (let call = 0; call < 100; call += 1) slow.isFeatureEnabled('checkout', 'ada');
    await slow.shadowSettled();
    const { compared, leftOut } = slow.shadowStats();
    expect(compared + leftOut).toBe(100);
    // A second may begin between the two.
    expect(compared).toBeLessThanOrEqual(10);
  });

  it('compares a share of the calls, and none once it is stopped', async () => {
    vi.spyOn(Math, 'random').mockReturnValueOnce(0.1).mockReturnValue(0.9);
    const { client } = shadow({ sample: 0.5 });
    for (let call = 0; call < 10; call += 1) client.isFeatureEnabled('checkout', 'ada');
    await client.shadowSettled();
    expect(client.shadowStats()).toMatchObject({ compared: 1, leftOut: 0 });
    client.stopShadow();
    vi.restoreAllMocks();
    expect(client.isFeatureEnabled('checkout', 'ada')).toBe(true);
    await client.shadowSettled();
    expect(client.shadowStats().compared).toBe(1);
  });

  it('takes clients of version 5 on both sides', async () => {
    const config = { datafile: shopDatafile(), odpOptions: { disabled: true } };
    const primary = oursV5.createInstance(config);
    const candidate = oursV5.createInstance({ ...config, datafile: otherDatafile() });
    const found: ShadowDifference[] = [];
    const client = createShadow({
      primary: primary as NonNullable<typeof primary>,
      candidate: candidate as object,
      onDifference: (difference) => found.push(difference),
    });
    expect(client.createUserContext(5 as never)).toBeNull();
    client.isFeatureEnabled('checkout', 'ada', { plan: 'pro' });
    await client.shadowSettled();
    expect(found).toHaveLength(1);
    expect(await client.onReady()).toEqual({ success: true });
    await Promise.all([client.close(), candidate?.close()]);
  });

  it('refuses a candidate of another package, and a share that is none', () => {
    expect(() => shadow({ candidate: officialClient() })).toThrow(
      '"candidate" is not a client of @sortition/optimizely-compat',
    );
    expect(() => shadow({ sample: 2 })).toThrow('"sample" is not a share');
    expect(() => createShadow(null as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: 'createShadow needs options, got null.' }),
    );
  });

  it.each<[keyof Parameters<typeof createShadow>[0], unknown, string]>([
    ['sample', null, 'is not a share of calls; expected 0 to 1, got null.'],
    ['sample', true, 'is not a share of calls; expected 0 to 1, got a boolean.'],
    ['maxPending', -1, 'is not a count; expected a whole number from 0, got -1.'],
    ['maxPending', null, 'is not a count; expected a whole number from 0, got null.'],
    ['maxPending', '7', 'is not a count; expected a whole number from 0, got a string.'],
    ['maxPending', Symbol('7'), 'is not a count; expected a whole number from 0, got a symbol.'],
    ['maxPerSecond', Number.NaN, 'is not a count; expected a whole number from 0, got NaN.'],
    ['maxPerSecond', 0.5, 'is not a count; expected a whole number from 0, got 0.5.'],
    ['maxPerSecond', -1, 'is not a count; expected a whole number from 0, got -1.'],
    ['maxReportsPerSecond', true, 'is not a count; expected a whole number from 0, got a boolean.'],
  ])('refuses the bound %s of %s', (name, value, reason) => {
    expect(() => shadow({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: `"${name}" ${reason}` }),
    );
  });

  it('takes bounds that bound nothing, and those that leave everything out', async () => {
    const none = Number.POSITIVE_INFINITY;
    const { client } = shadow({ maxPending: none, maxPerSecond: none, maxReportsPerSecond: none });
    const { client: closed } = shadow({ maxPending: 0, maxReportsPerSecond: 0 });
    const { client: stopped } = shadow({ maxPerSecond: 0 });
    for (const asked of [client, closed, stopped]) asked.isFeatureEnabled('checkout', 'ada');
    await client.shadowSettled();
    await stopped.shadowSettled();
    expect(client.shadowStats()).toMatchObject({ compared: 1, leftOut: 0 });
    for (const none of [closed, stopped]) expect(none.shadowStats()).toMatchObject({ compared: 0, leftOut: 1 });
  });
});

describe('the report', () => {
  const lineOf = (changes: object): string =>
    JSON.stringify({
      at: 1,
      kind: 'variation',
      call: 'decide',
      key: 'checkout',
      userId: 'ada',
      attributes: {},
      primary: { variationKey: 'a', enabled: true, ruleKey: 'r', variables: {} },
      candidate: { variationKey: 'b', enabled: true, ruleKey: 'r', variables: {} },
      primaryRevision: '7',
      candidateRevision: '7',
      explanation: [{ code: 'bucket-assigned' }, { code: 'experiment-variation' }],
      ...changes,
    });

  it('groups what a shadow wrote by flag, rule, reason, attribute and revision, the largest group first', async () => {
    const lines: string[] = [];
    const { client } = shadow({
      candidate: ourClient(otherDatafile()),
      onDifference: (difference) => void lines.push(JSON.stringify(difference)),
      maxReportsPerSecond: 1_000,
    });
    for (let user = 0; user < 20; user += 1)
      client.createUserContext(`user${user}`, { plan: 'pro' }).decide('checkout');
    client.isFeatureEnabled('checkout', 'user0', { plan: 'pro' });
    await client.shadowSettled();
    const report = readShadowReport([...lines, '', 'not JSON', '{"kind":5}']);
    expect(report).toMatchObject({ differences: 21, unreadable: 2 });
    expect(report.groups[0]).toMatchObject({
      kind: 'variation',
      key: 'checkout',
      count: 20,
      users: 20,
      primaryRule: 'checkout_test',
      reason: 'experiment-variation',
      attributes: ['plan'],
      isSkewed: false,
    });
    const text = formatShadowReport(report);
    expect(text).toContain('21 differences in 2 groups; 2 lines could not be read');
    expect(text).toContain('20 × variation of "checkout", 20 users');
    expect(text).toContain('settled by experiment-variation, after attributes plan');
  });

  it.each([
    ['another revision', { candidateRevision: '8' }, 'different revisions'],
    ['a stored assignment', { explanation: [{ code: 'sticky' }] }, 'the same profile service'],
    ['an audience', { explanation: [{ code: 'experiment-audience-not-met' }] }, 'attributes that are passed'],
    ['a forced variation', { explanation: [{ code: 'forced-variation' }] }, 'before the shadow was created'],
    ['a bucket', {}, '$opt_bucketing_id'],
    ['a failure', { kind: 'failed', error: 'Error: x', explanation: [] }, 'The candidate failed (Error: x)'],
    ['values', { kind: 'variables' }, 'Compare the variables'],
    ['nothing that is known', { explanation: [] }, 'Replay the user'],
  ])('says what to do about %s', (_, changes, advice) => {
    const { groups } = readShadowReport([lineOf(changes)]);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.advice).toContain(advice);
  });

  it('tells apart what differs in rule, reason, attribute or revision', () => {
    const rule = { variationKey: 'b', enabled: true, ruleKey: 'other', variables: {} };
    const changes = [
      {},
      { candidate: rule },
      { candidateRevision: '8' },
      { explanation: [] },
      { key: 'banner' },
      { kind: 'rule' },
    ];
    expect(readShadowReport([...changes, {}].map(lineOf)).groups).toHaveLength(changes.length);
    expect(readShadowReport(changes.map(lineOf)).differences).toBe(changes.length);
  });

  it('says when there is nothing', () => {
    expect(formatShadowReport(readShadowReport([]))).toBe('No differences.');
  });
});
