import { readFileSync } from 'node:fs';
import { describeUserProfileStore } from '@sortition/testing/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMapStore, createShopClient } from '../src/client.ts';
import { teaDatafile } from '../src/tea-datafile.ts';

describeUserProfileStore('the map store', () => ({ store: createMapStore() }));

describe('the client', () => {
  let events: string[] = [];
  const createShop = (oldShare: number, store = createMapStore()) =>
    createShopClient(teaDatafile(oldShare), store, ({ user, what, detail }) =>
      events.push(`${user} ${what} ${detail}`),
    );

  beforeEach(() => {
    events = [];
  });

  it('decides by the datafile and says why', () => {
    const subscriber = createShop(0).decide('ada', { subscriber: true }, 'brewing_guide');
    expect(subscriber).toMatchObject({ enabled: true, variationKey: 'animated', variables: { steps: 5 } });
    expect(subscriber.reasons.at(-1)).toBe('User ada is in variation animated of experiment guide_test.');
    const guest = createShop(0).decide('guest', {}, 'brewing_guide');
    expect(guest).toMatchObject({ enabled: false, variationKey: null, variables: { steps: 3 } });
    expect(guest.reasons).toContain('User guest does not meet conditions to be in experiment guide_test.');
  });

  it('splits subscribers as the traffic says', () => {
    const shop = createShop(0.3);
    const keys = Array.from(
      { length: 2_000 },
      (_, index) => shop.decide(`user-${index}`, { subscriber: true }, 'brewing_guide').variationKey,
    );
    const old = keys.filter((key) => key === 'old').length / keys.length;
    expect(old).toBeGreaterThan(0.26);
    expect(old).toBeLessThan(0.34);
  });

  it('remembers what a user got when the traffic moves', () => {
    const store = createMapStore();
    createShop(0, store).decide('ada', { subscriber: true }, 'brewing_guide');
    const later = createShop(1, store);
    expect(later.decide('ada', { subscriber: true }, 'brewing_guide').variationKey).toBe('animated');
    expect(later.decide('emil', { subscriber: true }, 'brewing_guide').variationKey).toBe('old');
  });

  it('replaces an assignment to a variation that no longer exists', () => {
    const store = createMapStore();
    store.assign('ada', { 20: { variationId: 'gone' } });
    createShop(0, store).decide('ada', { subscriber: true }, 'brewing_guide');
    expect(store.lookup('ada')?.experiment_bucket_map).toEqual({ 20: { variation_id: '22' } });
  });

  it('tells the sink of decisions and conversions', () => {
    const shop = createShop(0);
    shop.decide('ada', { subscriber: true }, 'brewing_guide');
    shop.decide('guest', {}, 'brewing_guide');
    shop.track('ada', 'purchase', 1250);
    expect(events).toEqual(['ada brewing_guide animated', 'guest brewing_guide nothing', 'ada purchase 1250']);
  });

  it('answers a flag that does not exist, and refuses what is no datafile', () => {
    expect(createShop(0).decide('ada', {}, 'nonsense').reasons).toEqual(['No flag was found for key "nonsense".']);
    expect(() => createShopClient({ version: 'none' }, createMapStore(), () => undefined)).toThrow('datafile');
  });

  it('takes under 60 lines, its store and its comments included', () => {
    const lines = readFileSync(new URL('../src/client.ts', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.length).toBeLessThan(60);
    expect(lines.every((line) => line.length <= 120)).toBe(true);
  });
});
