import { describe, expect, it } from 'vitest';
import { createStaticConfig } from '../src/index.ts';
import { createShopClient } from './recording.ts';
import { shopDatafile } from './shop-datafile.ts';

describe('getProjectInfo', () => {
  it('is null before there is a config', () => {
    const config = { current: () => null, subscribe: () => () => undefined };
    expect(createShopClient({ config }).getProjectInfo()).toBeNull();
  });

  it('lists flags with rules, variations and variables', () => {
    const info = createShopClient().getProjectInfo();
    expect(info).toMatchObject({ revision: '42', sdkKey: 'shop', environmentKey: 'test' });
    expect(Object.keys(info?.flags ?? {})).toEqual(['checkout', 'split', 'banner', 'nothing']);
    const checkout = info?.flags.checkout;
    expect(checkout?.variables.layout).toEqual({ id: '15', key: 'layout', type: 'json', value: '{}' });
    expect(checkout?.experimentRules.map(({ key }) => key)).toEqual(['checkout_test']);
    expect(checkout?.experimentRules[0]?.variations.one_page).toMatchObject({
      id: '1011',
      key: 'one_page',
      enabled: true,
      variables: { steps: { id: '11', key: 'steps', type: 'integer', value: '3' } },
    });
  });

  it('shows the defaults for a disabled variation', () => {
    const classic = createShopClient().getProjectInfo()?.experiments.checkout_test?.variations.classic;
    expect(classic?.variables.steps?.value).toBe('5');
  });

  it('lists deliveries under their flag only', () => {
    const info = createShopClient().getProjectInfo();
    expect(info?.flags.banner?.deliveryRules.map(({ key }) => key)).toEqual(['pro_users', 'everyone_else']);
    expect(Object.keys(info?.experiments ?? {})).toEqual(['checkout_test', 'split_test']);
  });

  it('lists audiences, attributes and events', () => {
    expect(createShopClient().getProjectInfo()).toMatchObject({
      audiences: [{ id: '301', name: 'pro', conditions: expect.stringContaining('"name":"plan"') }],
      attributes: [{ id: '401', key: 'plan' }],
      events: [{ id: '501', key: 'purchase', experimentIds: ['101'] }],
    });
  });

  it.each<[unknown, string]>([
    [['or', '1', '2'], '"us" OR "female"'],
    [['not', '1'], 'NOT "us"'],
    [
      ['and', ['or', '1', ['and', '2', '3']], ['and', '11', ['or', '12', '13']]],
      '("us" OR ("female" AND "adult")) AND ("fr" AND ("male" OR "kid"))',
    ],
    [['or', '1', ['not', '2']], '"us" OR (NOT "female")'],
    [['and', ['not', '1'], '2'], '(NOT "us") AND "female"'],
    [['not', ['or', '1', '2']], 'NOT ("us" OR "female")'],
    [['not', 'unknown'], 'NOT "unknown"'],
    [['1', '2'], '"us" OR "female"'],
    ['1', '"us"'],
    [[], ''],
  ])('shows the audience conditions %j as text', (audienceConditions, text) => {
    const names = { 1: 'us', 2: 'female', 3: 'adult', 11: 'fr', 12: 'male', 13: 'kid' };
    const conditions = { type: 'custom_attribute', name: 'x', match: 'exists' };
    const typedAudiences = Object.entries(names).map(([id, name]) => ({ id, name, conditions }));
    const datafile = shopDatafile();
    const experiments = [{ ...datafile.experiments[0], audienceConditions }];
    const client = createShopClient({}, { ...datafile, typedAudiences, experiments });
    expect(client.getProjectInfo()?.experiments.checkout_test?.audiences).toBe(text);
  });

  it('is frozen at every depth, since all who ask share it', () => {
    const client = createShopClient();
    const info = client.getProjectInfo();
    expect(client.getProjectInfo()).toBe(info);
    const thawed: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (!Object.isFrozen(value)) thawed.push(path);
      for (const [key, child] of Object.entries(value ?? {}))
        if (child instanceof Object) visit(child, `${path}.${key}`);
    };
    visit(info, 'info');
    expect(thawed).toEqual([]);
    expect(info?.flags.checkout?.experimentRules[0]?.variations.one_page?.variables.steps).toBeDefined();
  });

  it('is not what decisions and events read: what a source brought is not frozen', () => {
    const source = createStaticConfig({ datafile: shopDatafile() });
    const client = createShopClient({ config: source });
    client.getProjectInfo();
    const brought = source.current();
    expect([...(brought?.attributes.values() ?? []), ...(brought?.events.values() ?? [])].some(Object.isFrozen)).toBe(
      false,
    );
    const ids: string[] = [];
    const user = createShopClient({
      events: { record: (event) => void (event.type === 'conversion' && ids.push(event.eventId)) },
    }).createUserContext('ada');
    user.trackEvent('purchase');
    expect(ids).toEqual(['501']);
    expect(client.createUserContext('ada').decide('banner').variationKey).toBe('off');
  });

  it('has keys of odd names as its own', () => {
    const flags = ['__proto__', 'constructor'].map((key) => ({
      id: key,
      key,
      experimentIds: [],
      rolloutId: '',
      variables: [],
    }));
    const info = createShopClient({}, shopDatafile({ featureFlags: flags })).getProjectInfo();
    expect(Object.keys(info?.flags ?? {}).sort()).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(info?.flags)).toBe(Object.prototype);
  });
});
