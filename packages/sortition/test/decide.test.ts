import { describe, expect, it } from 'vitest';
import { type ConfigSource, DecideOption } from '../src/index.ts';
import { createRecordingSink, createShopClient } from './recording.ts';
import { shopDatafile } from './shop-datafile.ts';

const NO_CONFIG: ConfigSource = { current: () => null, subscribe: () => () => undefined };
const ERROR = { variationKey: null, enabled: false, variables: {}, ruleKey: null };

describe('decide', () => {
  it('answers variation, rule and typed variables in the line after createClient', () => {
    const decision = createShopClient().createUserContext('ada').decide('checkout');
    expect(decision).toMatchObject({
      flagKey: 'checkout',
      variationKey: 'one_page',
      ruleKey: 'checkout_test',
      enabled: true,
      reasons: [],
    });
    expect(decision.variables).toEqual({
      steps: 3,
      express: true,
      discount: 0.25,
      label: 'Pay now',
      layout: { a: [1] },
    });
  });

  it('decides by attributes', () => {
    const client = createShopClient();
    expect(client.createUserContext('ada', { plan: 'pro' }).decide('banner').variationKey).toBe('on');
    expect(client.createUserContext('ada', { plan: 'free' }).decide('banner').variationKey).toBe('off');
    expect(client.createUserContext('ada').decide('banner').ruleKey).toBe('everyone_else');
  });

  it('answers nulls for a flag no rule serves, with the default variables', () => {
    expect(createShopClient().createUserContext('ada').decide('nothing')).toMatchObject({
      variationKey: null,
      ruleKey: null,
      enabled: false,
      variables: {},
    });
  });

  it('shares frozen variables instead of copying them', () => {
    const user = createShopClient().createUserContext('ada');
    const { variables } = user.decide('checkout');
    expect(Object.isFrozen(variables)).toBe(true);
    expect(Object.isFrozen(variables.layout)).toBe(true);
    expect(user.decide('checkout').variables).toBe(variables);
  });

  it('leaves variables out on EXCLUDE_VARIABLES', () => {
    const user = createShopClient().createUserContext('ada');
    expect(user.decide('checkout', [DecideOption.EXCLUDE_VARIABLES]).variables).toEqual({});
  });

  it('gives reasons only when asked for them', () => {
    const user = createShopClient().createUserContext('ada');
    expect(user.decide('checkout').reasons).toEqual([]);
    expect(user.decide('checkout', ['INCLUDE_REASONS']).reasons.at(-1)).toBe(
      'User ada is in variation one_page of experiment checkout_test.',
    );
  });

  it('always says that a variable could not be read', () => {
    const datafile = shopDatafile();
    const steps = datafile.featureFlags[0]?.variables[0];
    if (steps) steps.defaultValue = 'five';
    datafile.experiments = [];
    const decision = createShopClient({}, datafile).createUserContext('ada').decide('checkout');
    expect(decision.variables.steps).toBeNull();
    expect(decision.reasons).toEqual(['Variable value for key "steps" is invalid or wrong type.']);
  });

  it('answers an error decision with a reason for an unknown flag', () => {
    const decision = createShopClient().createUserContext('ada').decide('unknown');
    expect(decision).toMatchObject({ ...ERROR, flagKey: 'unknown' });
    expect(decision.reasons).toEqual(['No flag was found for key "unknown".']);
  });

  it('answers an error decision as long as there is no config', () => {
    const user = createShopClient({ config: NO_CONFIG }).createUserContext('ada');
    const reasons = ['Optimizely SDK not configured properly yet.'];
    expect(user.decide('checkout')).toMatchObject({ ...ERROR, flagKey: 'checkout', reasons });
    expect(user.decideForKeys(['a', 'b'])).toMatchObject({ a: { ...ERROR, reasons }, b: { ...ERROR, reasons } });
    expect(user.decideAll()).toEqual({});
  });

  it('records neither impression nor decision event for an error', () => {
    const events = createRecordingSink();
    const client = createShopClient({ events });
    const heard: unknown[] = [];
    client.on('decision', (event) => heard.push(event));
    client.createUserContext('ada').decide('unknown');
    expect(events.impressions).toEqual([]);
    expect(heard).toEqual([]);
  });

  it.each([undefined, null, 'INCLUDE_REASONS', [undefined, 'NO_SUCH_OPTION', {}], { length: 1 }])(
    'decides whatever it is given as options: %j',
    (options) => {
      expect(
        createShopClient()
          .createUserContext('ada')
          .decide('checkout', options as never).variationKey,
      ).toBe('one_page');
    },
  );

  it('returns a single disabled flag in spite of ENABLED_FLAGS_ONLY', () => {
    const client = createShopClient({ defaultDecideOptions: ['ENABLED_FLAGS_ONLY'] });
    expect(client.createUserContext('ada').decide('banner', ['ENABLED_FLAGS_ONLY'])).toMatchObject({
      variationKey: 'off',
      enabled: false,
    });
  });

  it('adds the default options of the client to those of the call', () => {
    const client = createShopClient({ defaultDecideOptions: ['INCLUDE_REASONS'] });
    const decision = client.createUserContext('ada').decide('checkout', ['EXCLUDE_VARIABLES']);
    expect(decision.reasons.length).toBeGreaterThan(0);
    expect(decision.variables).toEqual({});
  });

  it('decides each call anew', () => {
    const user = createShopClient().createUserContext('ada');
    expect(user.decide('banner').variationKey).toBe('off');
    user.setAttribute('plan', 'pro');
    expect(user.decide('banner').variationKey).toBe('on');
  });

  it('[SEC-06] costs as much per attribute however many are set before it', () => {
    const user = createShopClient().createUserContext('ada');
    const start = performance.now();
    for (let set = 0; set < 12_000; set += 1) user.setAttribute(`key${set}`, set);
    user.setAttribute('plan', 'pro');
    expect(user.decide('banner').variationKey).toBe('on');
    // A copy of all of them with each takes half a minute.
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(Object.keys(user.attributes)).toHaveLength(12_001);
  });

  it('reads an attribute when it is set, and the last one that was set', () => {
    const user = createShopClient().createUserContext('ada', { plan: 'pro' });
    const assigned: Record<string, unknown> = { 1: { variation_id: '2' } };
    user.setAttribute('$opt_experiment_bucket_map', assigned as never);
    delete assigned[1];
    user.setAttribute('plan', 'free');
    user.setAttribute('plan', Symbol('none') as never);
    expect(user.attributes).toEqual({});
    user.setAttribute('plan', 'free');
    user.setAttribute('plan', 'pro');
    const copy = user.clone();
    user.setAttribute('plan', 'free');
    expect(copy.decide('banner').variationKey).toBe('on');
    expect(user.decide('banner').variationKey).toBe('off');
  });

  it('carries the user as they were, and keeps them so', () => {
    const user = createShopClient().createUserContext('ada', { plan: 'pro' });
    const decision = user.decide('banner');
    user.setAttribute('plan', 'free');
    expect(decision.userContext.attributes).toEqual({ plan: 'pro' });
    decision.userContext.setAttribute('plan', 'enterprise');
    expect(user.attributes).toEqual({ plan: 'free' });
  });

  it('becomes plain data without private parts', () => {
    const decision = createShopClient().createUserContext('ada', { plan: 'pro' }).decide('banner');
    expect(JSON.parse(JSON.stringify(decision))).toEqual({
      variationKey: 'on',
      enabled: true,
      variables: {},
      ruleKey: 'pro_users',
      flagKey: 'banner',
      userContext: { userId: 'ada', attributes: { plan: 'pro' } },
      reasons: [],
    });
    const plain = decision.toJSON();
    expect(structuredClone(plain)).toEqual(plain);
    expect(plain.userContext).toEqual({ userId: 'ada', attributes: { plan: 'pro' } });
    expect(Object.keys(decision.toJSON())).toEqual([
      'variationKey',
      'enabled',
      'variables',
      'ruleKey',
      'flagKey',
      'userContext',
      'reasons',
    ]);
  });
});

describe('decideForKeys and decideAll', () => {
  it('answer every flag in the order of the datafile', () => {
    expect(Object.keys(createShopClient().createUserContext('ada').decideAll())).toEqual([
      'checkout',
      'split',
      'banner',
      'nothing',
    ]);
  });

  it('put flag keys that look like integers first, ascending, as objects do', () => {
    const featureFlags = ['b', '10', 'a', '9'].map((key) => ({
      id: key,
      key,
      experimentIds: [],
      rolloutId: '',
      variables: [],
    }));
    const client = createShopClient({}, shopDatafile({ featureFlags }));
    expect(Object.keys(client.createUserContext('ada').decideAll())).toEqual(['9', '10', 'b', 'a']);
  });

  it('leave disabled flags out on ENABLED_FLAGS_ONLY, but neither errors nor their impressions', () => {
    const events = createRecordingSink();
    const user = createShopClient({ events }).createUserContext('ada');
    expect(Object.keys(user.decideAll(['ENABLED_FLAGS_ONLY']))).toEqual(['checkout', 'split']);
    expect(Object.keys(user.decideForKeys(['unknown', 'banner', 'checkout'], ['ENABLED_FLAGS_ONLY'])).sort()).toEqual([
      'checkout',
      'unknown',
    ]);
    expect(events.impressions.filter(({ flagKey }) => flagKey === 'banner')).toHaveLength(2);
  });

  it('decide a key that is named twice once', () => {
    const events = createRecordingSink();
    const decisions = createShopClient({ events }).createUserContext('ada').decideForKeys(['checkout', 'checkout']);
    expect(Object.keys(decisions)).toEqual(['checkout']);
    expect(events.impressions).toHaveLength(1);
  });

  it.each([undefined, null, 'checkout', 7, {}])('answer nothing for keys that are no list: %j', (keys) => {
    expect(
      createShopClient()
        .createUserContext('ada')
        .decideForKeys(keys as never),
    ).toEqual({});
  });

  it('answer records that behave like objects, also for odd keys', () => {
    const keys = ['__proto__', 'constructor', 'toString'];
    const featureFlags = keys.map((key) => ({ id: key, key, experimentIds: [], rolloutId: '', variables: [] }));
    const user = createShopClient({}, JSON.parse(JSON.stringify(shopDatafile({ featureFlags })))).createUserContext(
      'ada',
    );
    for (const decisions of [user.decideAll(), user.decideForKeys(keys)]) {
      expect(Object.keys(decisions).sort()).toEqual([...keys].sort());
      expect(Object.getPrototypeOf(decisions)).toBe(Object.prototype);
      expect(Object.getOwnPropertyDescriptor(decisions, '__proto__')?.value).toMatchObject({ flagKey: '__proto__' });
    }
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', ''])(
    'answer an error decision for the unknown key "%s"',
    (key) => {
      const user = createShopClient().createUserContext('ada');
      expect(user.decide(key)).toMatchObject({ ...ERROR, flagKey: key });
      const decisions = user.decideForKeys([key]);
      expect(Object.keys(decisions)).toEqual([key]);
      expect(Object.getOwnPropertyDescriptor(decisions, key)?.value.reasons).toEqual([
        `No flag was found for key "${key}".`,
      ]);
    },
  );
});

describe('the asynchronous family', () => {
  it('answers what the synchronous family answers', async () => {
    const user = createShopClient().createUserContext('ada', { plan: 'pro' });
    const options = ['INCLUDE_REASONS'] as const;
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(plain(await user.decideAsync('checkout', options))).toEqual(plain(user.decide('checkout', options)));
    expect(plain(await user.decideForKeysAsync(['banner', 'unknown'], options))).toEqual(
      plain(user.decideForKeys(['banner', 'unknown'], options)),
    );
    expect(plain(await user.decideAllAsync(options))).toEqual(plain(user.decideAll(options)));
  });

  it('answers errors and never rejects', async () => {
    const user = createShopClient({ config: NO_CONFIG }).createUserContext('ada');
    await expect(user.decideAsync('checkout')).resolves.toMatchObject(ERROR);
    await expect(user.decideForKeysAsync(['a'])).resolves.toMatchObject({ a: ERROR });
    await expect(user.decideAllAsync()).resolves.toEqual({});
    for (const key of ['unknown', '__proto__', 'constructor']) {
      const decision = await createShopClient().createUserContext('ada').decideAsync(key);
      expect(decision).toMatchObject({ ...ERROR, reasons: [`No flag was found for key "${key}".`] });
    }
  });

  it('ignores ENABLED_FLAGS_ONLY for a single flag', async () => {
    const user = createShopClient().createUserContext('ada');
    expect((await user.decideAsync('banner', ['ENABLED_FLAGS_ONLY'])).variationKey).toBe('off');
  });
});
